/*
 * Before a body is read: may this client ask this, and not too often? One
 * place for every route.
 */
#pragma once

#include "service/routes.h"

/* A share that is over, in words for who may know: HR_E_SHARE_EXPIRED... */
bool hr_fail_share(hr_share_state state, hr_error *err);

/* False: `status` and `err` say why, and `out` has the header that goes with it. Fills call->token
 * and call->session.
 */
bool hr_guard_admit(hr_app *app, hr_call *call, uint64_t now_us, int *status, hr_http_response *out,
		    hr_error *err);
