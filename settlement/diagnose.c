/* One question a cause; each is asked of every visit, whatever the others answer. */
#include "settlement/diagnose.h"

/* What the questions share. */
struct asked {
	const hr_catalog *catalog;
	const hr_visit *visit;
	const hr_eligibility *facts;
	const hr_area *area; /* NULL: its policies are not known */
	const hr_zone *zone;
	hr_scope_key key;
	hr_service service;
	bool home;
	bool across;
	hr_filing_need need;	  /* where `area` is known */
	const hr_origin *need_by; /* the record that says so; NULL: none */
};

#define WHY(zh, en) ((hr_words){ HR_STR_INIT(zh), HR_STR_INIT(en) })

static hr_cause_ruling rule(hr_cause_state state, hr_words why, const hr_origin *origin)
{
	return (hr_cause_ruling){ .state = state, .why = why, .origin = origin };
}

#define NOT_ASKED()	      rule(HR_CAUSE_NOT_ASKED, WHY("", ""), NULL)
#define ABSENT(origin)	      rule(HR_CAUSE_ABSENT, WHY("", ""), (origin))
#define PRESENT(zh, en, at)   rule(HR_CAUSE_PRESENT, WHY(zh, en), (at))
#define NOT_KNOWN(zh, en, at) rule(HR_CAUSE_NOT_KNOWN, WHY(zh, en), (at))
#define NOT_GIVEN(member)     NOT_KNOWN("未提供 " member, member " is not given", NULL)

/* --- card, person, insurance --- */

static hr_cause_ruling ask_CARD_INACTIVE(const struct asked *a)
{
	switch (a->facts->card) {
	case HR_CARD_UNKNOWN:
		return NOT_GIVEN("cert_stas");
	case HR_CARD_ACTIVE:
		return ABSENT(NULL);
	case HR_CARD_INACTIVE:
		return PRESENT("凭证尚未激活", "it has not been activated", NULL);
	case HR_CARD_DAMAGED:
		break;
	}
	return PRESENT("卡已损坏", "it is damaged", NULL);
}

/* Basic insurances: of others a person may have several. */
static bool is_basic(hr_str insurance)
{
	static const hr_str words[] = { HR_STR_INIT("310"), HR_STR_INIT("340"), HR_STR_INIT("380"),
					HR_STR_INIT("390"), HR_STR_INIT("391") };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (hr_str_equal(words[i], insurance))
			return true;
	return false;
}

static hr_cause_ruling ask_MULTI_INSURED(const struct asked *a)
{
	const hr_insured *first = NULL;

	if (!a->facts->insured_given)
		return NOT_GIVEN("insuinfo");
	for (uint32_t i = 0; i < a->facts->insured_count; i++) {
		const hr_insured *row = &a->facts->insured[i];

		if (row->status != HR_INSURED_NORMAL || !is_basic(row->insurance))
			continue;
		if (first && !(hr_str_equal(first->region, row->region) &&
			       hr_str_equal(first->insurance, row->insurance)))
			return PRESENT("有不止一处正常参保的基本医保",
				       "more than one basic insurance is in force", NULL);
		first = row;
	}
	return ABSENT(NULL);
}

static hr_cause_ruling ask_UNPAID(const struct asked *a)
{
	switch (a->facts->status) {
	case HR_INSURED_UNKNOWN:
		return NOT_GIVEN("psn_insu_stas");
	case HR_INSURED_NEVER:
		return PRESENT("未参保", "not insured", NULL);
	case HR_INSURED_NORMAL:
		return ABSENT(NULL);
	case HR_INSURED_SUSPENDED:
		return PRESENT("暂停参保: 缴费中断", "suspended: payments are interrupted", NULL);
	case HR_INSURED_ENDED:
		break;
	}
	return PRESENT("参保已终止", "the insurance has ended", NULL);
}

/* By the day on which the visit begins: benefits begin after the last day of waiting. */
static hr_cause_ruling ask_WAITING_PERIOD(const struct asked *a)
{
	if (!a->facts->waiting_given)
		return NOT_GIVEN("waiting_until");
	if (a->visit->begun.day > a->facts->waiting_to.day)
		return ABSENT(NULL);
	return PRESENT("就医开始之日仍在等待期内", "the visit begins within it", NULL);
}

/* --- filing --- */

static hr_cause_ruling ask_filed(const struct asked *a, uint32_t bit, hr_words why)
{
	if (a->home || (a->area && a->need == HR_FILING_NOT_NEEDED))
		return NOT_ASKED();
	/* Of no filing at all, and of an emergency, there is none to be wrong. */
	if (!a->facts->filed_given && a->visit->filing_given &&
	    (a->visit->filing == HR_FILING_NONE || a->visit->filing == HR_FILING_EMERGENCY))
		return NOT_ASKED();
	if (!a->facts->filed_given)
		return NOT_GIVEN("filing_faults");
	if (a->facts->filed & bit)
		return rule(HR_CAUSE_PRESENT, why, NULL);
	return ABSENT(NULL);
}

static hr_words bad_data(uint32_t filed)
{
	static const struct {
		uint32_t bit;
		hr_words why;
	} rows[] = {
		{ HR_FILED_INSURED_PLACE,
		  { HR_STR_INIT("参保地填错: 如省本级与市"),
		    HR_STR_INIT("the place of insurance") } },
		{ HR_FILED_CARE_PLACE,
		  { HR_STR_INIT("就医地填错"), HR_STR_INIT("the place of treatment") } },
		{ HR_FILED_ANOTHER_PERSON,
		  { HR_STR_INIT("用了他人的信息: 如给孩子备案用了家长的"),
		    HR_STR_INIT("another person's data, as a parent's for a child") } },
		{ HR_FILED_NAME, { HR_STR_INIT("姓名填错"), HR_STR_INIT("the name") } },
		{ HR_FILED_CERTIFICATE,
		  { HR_STR_INIT("证件号填错"), HR_STR_INIT("the certificate's number") } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (filed & rows[i].bit)
			return rows[i].why;
	return WHY("", "");
}

static hr_cause_ruling ask_FILING_BAD_DATA(const struct asked *a)
{
	return ask_filed(a,
			 HR_FILED_INSURED_PLACE | HR_FILED_CARE_PLACE | HR_FILED_NAME |
				 HR_FILED_CERTIFICATE | HR_FILED_ANOTHER_PERSON | HR_FILED_DATA,
			 bad_data(a->facts->filed));
}

static hr_cause_ruling ask_NOT_FILED(const struct asked *a)
{
	const hr_origin *by = a->need_by;

	if (a->home)
		return NOT_ASKED();
	if (!a->area)
		return NOT_KNOWN("目录中没有参保地的备案规定",
				 "the catalogue does not know the filing rules of the place of "
				 "insurance",
				 NULL);
	if (a->need == HR_FILING_NOT_NEEDED)
		return ABSENT(by);
	if (!a->visit->filing_given && a->facts->ruled)
		return NOT_KNOWN("备案是否有效不能断定", "whether the filing holds cannot be told",
				 by);
	if (!a->visit->filing_given)
		return NOT_GIVEN("filing");
	if (a->need == HR_FILING_UNDECIDED && a->visit->filing <= HR_FILING_EXEMPT)
		return NOT_KNOWN("目录中没有写明此处就医是否须备案",
				 "the catalogue does not say whether one is needed there", by);
	if (a->visit->filing == HR_FILING_NONE)
		return PRESENT("此处就医需要备案", "one is needed there", by);
	if (a->visit->filing == HR_FILING_EXEMPT)
		return NOT_KNOWN("称无需备案, 而目录所载需要",
				 "said to be exempt, where the catalogue says it is needed", by);
	return ABSENT(by);
}

static hr_cause_ruling ask_FILING_WRONG_REGION(const struct asked *a)
{
	return ask_filed(a, HR_FILED_WRONG_REGION, WHY("", ""));
}

static hr_cause_ruling ask_FILING_WRONG_TYPE(const struct asked *a)
{
	return ask_filed(a, HR_FILED_WRONG_TYPE, WHY("", ""));
}

static hr_cause_ruling ask_FILING_EXPIRED(const struct asked *a)
{
	return ask_filed(a, HR_FILED_EXPIRED, WHY("", ""));
}

static hr_cause_ruling ask_FILING_OVERLAP(const struct asked *a)
{
	return ask_filed(a, HR_FILED_OVERLAP, WHY("", ""));
}

/* --- network --- */

static const hr_opened *find_opened(const struct asked *a)
{
	hr_institution_id id = hr_catalog_find_institution(a->catalog, a->visit->hospital);

	if (id == HR_ID_NONE || a->service == HR_SERVICE_COUNT)
		return NULL;
	return hr_catalog_find_opened(a->catalog, id, a->service, a->visit->condition, a->across,
				      a->visit->ended);
}

static hr_cause_ruling ask_REGION_NOT_OPEN(const struct asked *a)
{
	const hr_opening *insured;
	const hr_opening *care;

	if (a->home)
		return NOT_ASKED();
	if (a->service == HR_SERVICE_COUNT)
		return NOT_KNOWN("目录不分这种医疗类别", "the catalogue has no such service", NULL);
	insured = hr_catalog_find_opening(a->catalog, a->visit->insured, HR_SIDE_INSURED,
					  a->service, a->visit->ended);
	care = hr_catalog_find_opening(a->catalog, a->visit->care, HR_SIDE_CARE, a->service,
				       a->visit->ended);
	if (insured && !insured->open)
		return PRESENT("参保地没有开通", "the place of insurance does not",
			       &insured->origin);
	if (care && !care->open)
		return PRESENT("就医地没有开通", "the place of treatment does not", &care->origin);
	if (!insured)
		return NOT_KNOWN("目录中没有参保地是否开通的记录",
				 "the catalogue does not know it of the place of insurance", NULL);
	/* Where an institution has opened it, its region has. */
	if (!care && !find_opened(a))
		return NOT_KNOWN("目录中没有就医地是否开通的记录",
				 "the catalogue does not know it of the place of treatment", NULL);
	return ABSENT(&insured->origin);
}

static hr_cause_ruling ask_INST_NOT_LINKED(const struct asked *a)
{
	hr_institution_id id = hr_catalog_find_institution(a->catalog, a->visit->hospital);
	const hr_opened *opened = find_opened(a);
	const hr_opened_list *list;

	if (a->home)
		return NOT_ASKED();
	if (!a->visit->hospital.len)
		return NOT_GIVEN("fixmedins_code");
	if (opened)
		return ABSENT(&opened->origin);
	if (id == HR_ID_NONE || a->service == HR_SERVICE_COUNT)
		return NOT_KNOWN("目录中没有这家机构",
				 "the catalogue does not know the institution", NULL);
	list = hr_catalog_find_opened_list(a->catalog,
					   hr_catalog_get_institution(a->catalog, id)->region,
					   a->service, a->visit->ended);
	if (list && list->complete)
		return PRESENT("不在完整的名单上", "it is not on the list, which is complete",
			       &list->origin);
	return NOT_KNOWN("名单不完整, 其中没有这家机构",
			 "it is not on the list, which is not complete",
			 list ? &list->origin : NULL);
}

static hr_cause_ruling ask_MAINTENANCE(const struct asked *a)
{
	if (!a->facts->maintenance_given)
		return NOT_GIVEN("platform_maintenance");
	return a->facts->maintenance ? PRESENT("", "", NULL) : ABSENT(NULL);
}

/* --- the kind of visit --- */

static hr_words excluded_by(uint32_t excluded)
{
	static const struct {
		uint32_t bit;
		hr_words why;
	} rows[] = {
		{ HR_EXCLUDED_MATERNITY, { HR_STR_INIT("生育"), HR_STR_INIT("maternity") } },
		{ HR_EXCLUDED_WORK_INJURY, { HR_STR_INIT("工伤"), HR_STR_INIT("a work injury") } },
		{ HR_EXCLUDED_THIRD_PARTY,
		  { HR_STR_INIT("应由第三方负担"), HR_STR_INIT("a third party is liable") } },
		{ HR_EXCLUDED_ABROAD, { HR_STR_INIT("境外就医"), HR_STR_INIT("abroad") } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (excluded & rows[i].bit)
			return rows[i].why;
	return WHY("", "");
}

static hr_cause_ruling ask_NOT_COVERED(const struct asked *a)
{
	const hr_direct *closed = hr_catalog_find_direct(a->catalog, a->visit->insured, a->across,
							 true, &a->key, a->visit->ended);

	if (a->facts->excluded)
		return rule(HR_CAUSE_PRESENT, excluded_by(a->facts->excluded), NULL);
	if (closed)
		return PRESENT("这种医疗类别不支付", "visits of this kind are not paid",
			       &closed->origin);
	return a->facts->excluded_given ? ABSENT(NULL) : NOT_GIVEN("excluded");
}

static hr_cause_ruling ask_PERSON_SCOPE(const struct asked *a)
{
	const hr_direct *found = hr_catalog_find_direct(a->catalog, a->visit->insured, a->across,
							false, &a->key, a->visit->ended);

	if (a->home)
		return NOT_ASKED();
	if (!found)
		return NOT_KNOWN("目录中没有这类人员能否异地直接结算的规定",
				 "the catalogue has no rule for these people and visits", NULL);
	if (found->open)
		return ABSENT(&found->origin);
	return PRESENT("参保地的规定", "by a rule of the place of insurance", &found->origin);
}

static hr_cause_ruling ask_NO_QUALIFICATION(const struct asked *a)
{
	const hr_condition *condition;
	const hr_condition_list *list;

	if (a->service != HR_SERVICE_CHRONIC)
		return NOT_ASKED();
	if (!a->visit->condition.len)
		return NOT_GIVEN("opsp_dise_code");
	condition = hr_catalog_find_condition(a->catalog, a->visit->condition, a->visit->ended);
	list = hr_catalog_find_condition_list(a->catalog, a->visit->ended);
	if (a->across && !condition && list && list->complete)
		return PRESENT("这个病种当日不在跨省直接结算之列",
			       "the disease is not settled across provinces on that day",
			       &list->origin);
	if (hr_visit_find_qualification(a->visit) == HR_QUALIFIED_NO)
		return PRESENT("当日没有这个病种的资格",
			       "not recognised at home for this disease on that day", NULL);
	if (a->across && !condition)
		return NOT_KNOWN("不知道这个病种能否跨省直接结算",
				 "it is not known whether the disease is settled across provinces",
				 NULL);
	if (!a->facts->qualified_given)
		return NOT_GIVEN("qualifications");
	return ABSENT(condition ? &condition->origin : NULL);
}

/* --- stay, cap --- */

static hr_cause_ruling ask_OPEN_STAY(const struct asked *a)
{
	hr_cause_ruling present = PRESENT("", "", NULL);
	hr_institution_id id;

	if (a->service != HR_SERVICE_INPATIENT)
		return NOT_ASKED();
	if (!a->facts->stays_given)
		return NOT_GIVEN("open_stays");
	if (a->facts->stay_count == 0)
		return ABSENT(NULL);
	id = hr_catalog_find_institution(a->catalog, a->facts->stays[0].hospital);
	if (id != HR_ID_NONE)
		present.institution = hr_catalog_get_institution(a->catalog, id);
	return present;
}

static bool is_used_up(const hr_year *year, const hr_policy *policy)
{
	for (uint32_t i = 0; i < year->count; i++) {
		const hr_counted *row = &year->counted[i];
		int64_t used = policy->cap.of == HR_CAP_PAYMENTS ? row->paid_fen : row->base_fen;

		if (row->counter == policy->counter && row->hospital.len == 0 &&
		    used >= policy->cap.most.fen)
			return true;
	}
	return false;
}

/* Of several readings all must say so. */
static hr_cause_ruling ask_CAP_EXHAUSTED(const struct asked *a)
{
	const hr_policy *found[HR_READINGS_MAX];
	size_t count = 0;
	size_t used = 0;
	size_t capped = 0;

	if (a->area)
		count = hr_area_find_policies(a->area, HR_FUND_HIFP, &a->key, a->visit->ended,
					      found, HR_READINGS_MAX);
	if (count > HR_READINGS_MAX)
		count = HR_READINGS_MAX;
	for (size_t i = 0; i < count; i++) {
		bool yearly = found[i]->cap.of != HR_CAP_NONE && found[i]->cap.per_year;

		capped += yearly;
		used += yearly && is_used_up(&a->visit->year, found[i]);
	}
	if (count == 0 || capped < count)
		return NOT_KNOWN("目录中没有适用于此次就医的年度限额",
				 "the catalogue knows no yearly cap for this visit", NULL);
	if (!a->facts->year_given)
		return NOT_GIVEN("year");
	if (used == count)
		return PRESENT("", "", &found[0]->origin);
	if (used)
		return NOT_KNOWN("来源互相矛盾, 有的限额已用完",
				 "sources conflict: one cap is used up", &found[0]->origin);
	return ABSENT(&found[0]->origin);
}

/* --- all of them --- */

static hr_service service_of(hr_str type)
{
	static const struct {
		hr_str type;
		hr_service service;
	} rows[] = {
		{ HR_STR_INIT("14"), HR_SERVICE_CHRONIC },
		{ HR_STR_INIT("1"), HR_SERVICE_OUTPATIENT },
		{ HR_STR_INIT("2"), HR_SERVICE_INPATIENT },
		{ HR_STR_INIT("41"), HR_SERVICE_PHARMACY },
	};

	for (size_t i = 0; type.len == 2 && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (hr_str_starts_with(type, rows[i].type))
			return rows[i].service;
	return HR_SERVICE_COUNT;
}

/* Is one needed, and is one there? As a quote has it, unless a ruling was taken before. */
static void ask_of_filing(struct asked *a, hr_visit *own)
{
	const uint32_t faults = own->facts.filed;
	const bool told = own->facts.filed_given;
	hr_filing_ruling ruling;

	if (own->facts.ruled) {
		a->need = !own->facts.need_given ? HR_FILING_UNDECIDED
			  : own->facts.need	 ? HR_FILING_NEEDED
						 : HR_FILING_NOT_NEEDED;
		a->need_by = own->facts.need_by;
		return;
	}
	hr_visit_rule_filing(a->area, own, &a->key, &ruling);
	a->need = ruling.need;
	a->need_by = hr_filing_need_by(&ruling);
	if (own->filing_given || !(own->filings_given || own->emergency))
		return;
	hr_visit_take_filing(&ruling, own);
	/* What the place of insurance has found wrong stays so. */
	own->facts.filed |= faults;
	own->facts.filed_given |= told;
}

/* `own` is the visit as it is asked about. */
static struct asked ask_about(const hr_catalog *catalog, hr_visit *own)
{
	struct asked a = {
		.catalog = catalog,
		.visit = own,
		.facts = &own->facts,
		.area = hr_catalog_find_area(catalog, own->insured),
		.key = hr_visit_key(own, catalog),
		.service = service_of(own->type),
		.home = hr_str_equal(own->insured, own->care),
		.across = !hr_str_starts_with(own->care, hr_str_slice(own->insured, 0, 2)),
	};

	if (a.area) {
		hr_filing filing;

		a.zone = hr_area_find_zone(a.area, own->care, own->ended, &a.key, &a.home);
		ask_of_filing(&a, own);
		filing = own->filing;
		if (!own->filing_given)
			filing = a.need == HR_FILING_NOT_NEEDED ? HR_FILING_EXEMPT : HR_FILING_NONE;
		hr_scope_key_set_filing(filing, &a.key);
	}
	return a;
}

/* Those of the person's own region; of the card's, where there are any. */
static void find_offices(const struct asked *a, hr_cause cause, hr_cause_ruling *ruling)
{
	hr_cure_by by = hr_cause_cure_by(cause);
	hr_office_kind kind = by == HR_CURE_CARD ? HR_OFFICE_CARD : HR_OFFICE_INSURANCE;
	hr_filing filing = a->visit->filing_given && a->visit->filing > HR_FILING_EXEMPT
				   ? a->visit->filing
				   : HR_FILING_COUNT;

	if (ruling->state != HR_CAUSE_PRESENT || by == HR_CURE_HOSPITAL || by == HR_CURE_STAY)
		return;
	ruling->office_count = hr_catalog_find_offices(a->catalog, kind, a->visit->insured,
						       a->visit->insurance, filing, a->visit->ended,
						       ruling->offices, HR_CAUSE_OFFICES_MAX);
	if (ruling->office_count > HR_CAUSE_OFFICES_MAX)
		ruling->office_count = HR_CAUSE_OFFICES_MAX;
}

/* What the platform says is so, whatever our facts say. */
static void take_what_was_said(const hr_platform_said *said, hr_cause cause,
			       hr_cause_ruling *ruling)
{
	for (size_t i = 0; i < said->count; i++) {
		if (!hr_str_equal(said->rows[i]->cause, hr_cause_code(cause)))
			continue;
		if (ruling->state != HR_CAUSE_PRESENT)
			*ruling = PRESENT("平台报错所指", "by the platform's error text",
					  &said->rows[i]->origin);
		ruling->said = true;
	}
}

static hr_diagnosis_outcome judge(const hr_diagnosis *d)
{
	/* An error text that nobody understands is a failure whose cause is not known. */
	hr_diagnosis_outcome outcome =
		d->said.text.len && !d->said.count ? HR_DIAGNOSIS_NOT_KNOWN : HR_DIAGNOSIS_DIRECT;

	for (hr_cause i = 0; i < HR_CAUSE_COUNT; i++) {
		if (d->causes[i].state == HR_CAUSE_PRESENT)
			return HR_DIAGNOSIS_NOT_DIRECT;
		if (d->causes[i].state == HR_CAUSE_NOT_KNOWN)
			outcome = HR_DIAGNOSIS_NOT_KNOWN;
	}
	return outcome;
}

bool hr_diagnose(const hr_catalog *catalog, const hr_visit *visit, hr_arena *arena,
		 hr_diagnosis *out, hr_error *err)
{
	static hr_cause_ruling (*const questions[HR_CAUSE_COUNT])(const struct asked *) = {
#define C(name, office, zh, en, cure_zh, cure_en) [HR_CAUSE_##name] = ask_##name,
#include "settlement/causes.def"
#undef C
	};
	hr_diagnosis d = { .catalog = catalog, .visit = visit };
	hr_visit *own = hr_arena_copy(arena, visit, sizeof(*visit));
	struct asked a;

	if (!own)
		return hr_fail_memory(err);
	a = ask_about(catalog, own);
	d.service = a.service;
	d.home = a.home;
	d.across = a.across;
	if (!hr_platform_read(catalog, visit->facts.err_msg, arena, &d.said, err))
		return false;
	for (hr_cause i = 0; i < HR_CAUSE_COUNT; i++) {
		d.causes[i] = questions[i](&a);
		take_what_was_said(&d.said, i, &d.causes[i]);
		find_offices(&a, i, &d.causes[i]);
	}
	d.outcome = judge(&d);
	*out = d;
	return true;
}

static bool is_made_up(const hr_cause_ruling *ruling)
{
	for (size_t i = 0; i < ruling->office_count; i++)
		if (ruling->offices[i]->origin.grade == HR_GRADE_SYNTHETIC)
			return true;
	return ruling->origin && ruling->origin->grade == HR_GRADE_SYNTHETIC;
}

bool hr_diagnosis_is_synthetic(const hr_diagnosis *diagnosis)
{
	for (hr_cause i = 0; i < HR_CAUSE_COUNT; i++)
		if (is_made_up(&diagnosis->causes[i]))
			return true;
	return false;
}
