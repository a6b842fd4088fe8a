/*
 * What systemd and a service tell each other: the socket that is handed over,
 * and how the service is. Our own and not libsystemd: these two are a hundred
 * lines of a protocol that is promised to stay, while the library brings five
 * others (lzma, zstd, lz4, gcrypt, cap) into a process that faces a network.
 * Sources: sd_notify(3) "Notes", sd_listen_fds(3), systemd.exec(5).
 */
#pragma once

#include "base/error.h"

/*
 * The listening socket that systemd handed over; -1 when it did not. HR_E_USAGE
 * for more than one, or one that does not listen. Once: the environment is
 * cleared, so that no child takes it for its own.
 */
bool hr_notify_take_socket(int *out, hr_error *err);

/* "READY=1" ...; does nothing when nobody listens. A failure has nowhere to be told. */
void hr_notify(const char *state);

/* RELOADING=1 with the time; READY=1 must follow. */
void hr_notify_reloading(void);

/* In which milliseconds WATCHDOG=1 must be said again, half of what systemd waits; 0: never. */
int64_t hr_notify_watchdog_ms(void);
