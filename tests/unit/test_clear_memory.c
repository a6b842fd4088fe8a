/* A month is cleared when memory is short: the n-th allocation fails, for every n. */
#include "service/clear.h"

#include "failing_malloc.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

/* Each part is parted as far as it goes. */
static const hr_spill_limits tiny = { 1, 1 << 20 };

static const char *const settlement =
	"{\"medins_setl_id\":\"%s\",\"psn_no\":\"P1\",\"setl_time\":\"2026-10-02 08:00:00\","
	"\"insuplc_admdvs\":\"130100\",\"mdtrtarea_admvs\":\"110000\",\"insutype\":\"310\","
	"\"med_type\":\"21\",\"fixmedins_code\":\"H1\",\"medfee_sumamt\":\"%d.00\","
	"\"inscp_scp_amt\":\"%d.00\",\"hifp_pay\":\"50.00\",\"fund_pay_sumamt\":\"50.00\","
	"\"psn_part_amt\":\"50.00\",\"psn_cash_pay\":\"50.00\",\"fulamt_ownpay_amt\":\"0\","
	"\"overlmt_selfpay\":\"0\",\"preselfpay_amt\":\"0\",\"act_pay_dedc\":\"0\","
	"\"cvlserv_pay\":\"0\",\"hifes_pay\":\"0\",\"hifmi_pay\":\"0\",\"hifob_pay\":\"0\","
	"\"maf_pay\":\"0\",\"hifdm_pay\":\"0\",\"oth_pay\":\"0\",\"acct_pay\":\"0\","
	"\"hosp_part_amt\":\"0\",\"acct_mulaid_pay\":\"0\",\"balc\":\"0\"}\n";

struct place {
	const char *folder;
	const char *files[1];
	bool (*run)(const hr_clear_options *, hr_arena *, hr_clear *, hr_error *);
	void (*format)(const hr_clear_telling *, hr_buf *);
};

static bool attempt(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 26);
	struct place *p = context;
	const hr_clear_options options = { .files = p->files,
					   .file_count = 1,
					   .from = { 1790784000 }, /* 2026-10-01 */
					   .to = { 1793462400 },   /* 2026-11-01 */
					   .stay_fen = 1,
					   .scratch = p->folder,
					   .spill = &tiny };
	hr_clear clear;
	const hr_clear_telling telling = { .options = &options, .clear = &clear };
	hr_buf out;

	if (!arena)
		return hr_fail_memory(err);
	if (!p->run(&options, arena, &clear, err))
		return false;
	hr_buf_init(&out, arena, 1 << 20);
	p->format(&telling, &out);
	if (out.failed)
		return hr_fail_memory(err);
	CU_ASSERT_EQUAL(clear.lines, 5);
	CU_ASSERT_EQUAL(clear.faults[HR_CLEAR_REPEATED], 1);
	CU_ASSERT_EQUAL(clear.faults[HR_CLEAR_UNSOUND], 1);
	CU_ASSERT_EQUAL(clear.faults[HR_CLEAR_BAD], 1);
	return true;
}

static const char *put_lines(hr_arena *arena, const char *folder)
{
	char lines[8 << 10];
	char *path = hr_arena_alloc_text(arena, strlen(folder) + 8);
	int at = 0;

	/* Sound, the same again, another, unsound, none. */
	at += snprintf(lines + at, sizeof(lines) - (size_t)at, settlement, "S1", 100, 100);
	at += snprintf(lines + at, sizeof(lines) - (size_t)at, settlement, "S1", 100, 100);
	at += snprintf(lines + at, sizeof(lines) - (size_t)at, settlement, "S2", 100, 100);
	at += snprintf(lines + at, sizeof(lines) - (size_t)at, settlement, "S3", 100, 99);
	snprintf(lines + at, sizeof(lines) - (size_t)at, "{}\n");
	hr_test_write(folder, "lines", lines);
	snprintf(path, strlen(folder) + 8, "%s/lines", folder);
	return path;
}

static void test_clear__any_allocation_fails__says_so(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const char *folder = hr_test_folder(arena);
	struct place p = { .folder = folder,
			   .files = { put_lines(arena, folder) },
			   .run = hr_clear_run,
			   .format = hr_clear_format_json };

	CU_ASSERT_TRUE(hr_failing_malloc_each(attempt, &p) > 0);
	p.run = hr_clear_reconcile;
	p.format = hr_reconcile_format_text;
	CU_ASSERT_TRUE(hr_failing_malloc_each(attempt, &p) > 0);
}

static const hr_test tests[] = {
	HR_TEST(test_clear__any_allocation_fails__says_so),
};

HR_TEST_MAIN("clear_memory", tests)
