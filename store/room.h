/*
 * The tables of the rooms, brought from whichever version they have to the
 * newest. Forward only. In one transaction that excludes all other writers,
 * so two processes that begin at once do each step once.
 */
#pragma once

#include "store/engine.h"

/*
 * A maker's connection runs the missing steps; any other only looks.
 * HR_E_NEWER when the store has a version or a room that is not known here,
 * HR_E_UNAVAILABLE when it lacks one and may not be changed by this connection.
 */
bool hr_rooms_bring(hr_conn *conn, const hr_room *rooms, size_t count, hr_error *err);
