/*
 * The members of a visit that say what is known of the person: each is read
 * into the whole hr_eligibility that `at` of its row is. Internal to settlement/.
 */
#pragma once

#include "settlement/eligibility.h"
#include "settlement/members.h"

hr_member_read hr_eligibility_status;
hr_member_read hr_eligibility_card;
hr_member_read hr_eligibility_waiting;
hr_member_read hr_eligibility_maintenance;
hr_member_read hr_eligibility_excluded;
hr_member_read hr_eligibility_filed;
hr_member_read hr_eligibility_insured;
hr_member_read hr_eligibility_stays;
hr_member_read hr_eligibility_qualified;
hr_member_read hr_eligibility_message;
