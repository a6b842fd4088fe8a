/*
 * The starting folder of `huren catalog new DIR`: a small whole catalogue, with
 * every kind of file and every attribute explained in Chinese and English. Its
 * institutions, regime, grants and windows are made up and say so.
 */
#pragma once

#include "base/file.h"

/* The bytes are the program's own; only the list is taken from `arena`. */
bool hr_catalog_template(hr_arena *arena, hr_fileset *out, hr_error *err);
