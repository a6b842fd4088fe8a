/*
 * Faults below the libraries of the store: pwrite, fdatasync, send and recv
 * are defined in the test's own program and go on as plain system calls.
 */
#pragma once

#include <stdatomic.h>

/* The errno with which writing to, or flushing, a file called *-wal fails; 0: it does not. */
extern atomic_int hr_fault_write;
extern atomic_int hr_fault_sync;

typedef enum hr_fault_wire {
	HR_FAULT_NONE,
	HR_FAULT_BEFORE, /* cut before it is sent */
	HR_FAULT_AFTER,	 /* cut after it was sent, before it is answered */
} hr_fault_wire;

/* Of the next COMMIT that is sent. */
extern _Atomic hr_fault_wire hr_fault_commit;
