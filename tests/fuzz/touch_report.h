/* Reads every byte of a report that was made of JSON; aborts where it is not whole. */
#pragma once

#include "recognition/reader.h"

void touch_report(const hr_report *report);
