/*
 * May the service connect to this address, when a name has led to it? The
 * second half of the guard that dicom/retrieve_url.h begins. Pure.
 */
#pragma once

#include "dicom/retrieve_url.h"

#include <sys/socket.h>

/*
 * A listed name never leads into this machine, a link's own network, or what
 * no host has; into a private network only where that is allowed. A listed
 * address of numbers may be connected to: who lists it means it. http leads to
 * loopback and nowhere else.
 */
bool hr_fetch_may_connect(const hr_web_origin *origin, bool private_allowed,
			  const struct sockaddr *address, size_t size);
