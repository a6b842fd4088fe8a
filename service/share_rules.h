/* What a share may be: bounds of ours, and what the law wants. Pure. */
#pragma once

#include "service/shares.h"

/* A wish for a link; of one for a pickup code the times, opens and passcode are not looked at. */
bool hr_share_wish_check(const hr_share_wish *wish, bool is_pickup, hr_instant now, hr_error *err);

/*
 * May this maker share the films of who was born then ("20130501"; empty or
 * another text: not known)? HR_E_RULE when a guardian must.
 * Source: 个人信息保护法 31.
 */
bool hr_share_check_age(hr_share_maker maker, hr_str birth_date, hr_instant now, hr_error *err);
