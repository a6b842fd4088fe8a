/* What the MLLP server answers: each message verified, as POST /v1/verify verifies it. */
#pragma once

#include "service/app.h"
#include "service/mllp.h"

/* Asked are the settings' own receiver and now: HL7 has no place for more. */
hr_mllp_handler hr_mllp_app_handler(hr_app *app);
