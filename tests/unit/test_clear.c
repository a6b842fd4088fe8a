/* A month cleared says the same, to the byte, however small the parts of its spill are. */
#include "service/clear.h"

#include "base/file.h"
#include "testing.h"

#include <stdio.h>

enum { LINES = 2500 };

static const char *const zeros[] = {
	"fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "act_pay_dedc",    "cvlserv_pay",
	"hifes_pay",	     "hifmi_pay",	"hifob_pay",	  "maf_pay",	     "hifdm_pay",
	"oth_pay",	     "acct_pay",	"hosp_part_amt",  "acct_mulaid_pay", "balc",
};

/* A dozen rows: each part is parted again, and some of its parts are. */
static const hr_spill_limits tiny = { 1 << 10, 1 << 20 };

/* A line of each kind there is; by its number, and the same for the same. */
static void add_line(hr_buf *out, unsigned number)
{
	const unsigned kind = number % 16;
	/* Of 16 one is again the one before, one another under its id, one takes it back. */
	const unsigned id = kind >= 13 ? number - kind + 12 : number;
	const unsigned fen = 10000 + id % 977 * 100 + (kind == 14 ? 100 : 0);

	if (kind == 3) {
		hr_buf_addf(out, "{\"medins_setl_id\":%u}\n", number);
		return;
	}
	hr_buf_addf(out, "{\"medins_setl_id\":\"%s%u\",\"psn_no\":\"P%u\",", kind == 15 ? "R" : "S",
		    id, id % 300);
	if (kind == 15)
		hr_buf_addf(out, "\"omsgid\":\"S%u\",", id);
	hr_buf_addf(out,
		    "\"setl_time\":\"2026-10-%02u 08:00:00\",\"insuplc_admdvs\":\"130100\","
		    "\"mdtrtarea_admvs\":\"%s\",\"insutype\":\"310\",\"med_type\":\"11\","
		    "\"fixmedins_code\":\"H%u\",\"medfee_sumamt\":\"%u.00\","
		    "\"inscp_scp_amt\":\"%u.00\",\"hifp_pay\":\"%u.00\","
		    "\"fund_pay_sumamt\":\"%u.00\",\"psn_part_amt\":\"%u.00\","
		    "\"psn_cash_pay\":\"%u.00\"",
		    1 + id % 30, id % 2 ? "110000" : "310000", id % 7, fen, fen, fen / 2,
		    kind == 5 ? fen : fen / 2, fen - fen / 2, fen - fen / 2);
	for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++)
		hr_buf_addf(out, ",\"%s\":\"0.00\"", zeros[i]);
	hr_buf_add(out, HR_STR("}\n"));
}

static const char *put(hr_arena *arena, const char *folder, const char *name, unsigned from)
{
	const size_t room = strlen(folder) + strlen(name) + 2;
	char *path = hr_arena_alloc_text(arena, room);
	hr_error err = { 0 };
	hr_buf lines;

	snprintf(path, room, "%s/%s", folder, name);
	hr_buf_init(&lines, arena, 16 << 20);
	for (unsigned i = from; i < from + LINES; i++)
		add_line(&lines, i);
	HR_ASSERT_OK(hr_file_write(path, hr_buf_str(&lines), &err), err);
	return path;
}

typedef bool run_fn(const hr_clear_options *, hr_arena *, hr_clear *, hr_error *);
typedef void format_fn(const hr_clear_telling *, hr_buf *);

struct fixture {
	hr_arena *arena;
	const char *files[2];
	hr_clear_options options;
	hr_clear clear;
};

/* The second file has lines of the first, and others. */
static struct fixture open_fixture(void)
{
	struct fixture f = { .arena = hr_test_arena() };
	const char *folder = hr_test_folder(f.arena);

	f.files[0] = put(f.arena, folder, "a", 0);
	f.files[1] = put(f.arena, folder, "b", LINES / 2 + 3);
	f.options = (hr_clear_options){ .file_count = 2,
					.from = { 1790784000 }, /* 2026-10-01 */
					.to = { 1793462400 },	/* 2026-11-01 */
					.scratch = folder };
	return f;
}

static hr_str run(struct fixture *f, run_fn *clear, format_fn *format, const hr_spill_limits *spill)
{
	const hr_clear_telling telling = { .options = &f->options, .clear = &f->clear };
	hr_error err = { 0 };
	hr_buf out;

	f->options.files = f->files;
	f->options.spill = spill;
	HR_ASSERT_OK(clear(&f->options, f->arena, &f->clear, &err), err);
	hr_buf_init(&out, f->arena, 16 << 20);
	format(&telling, &out);
	CU_ASSERT_FALSE(out.failed);
	return hr_buf_str(&out);
}

static void test_clear__small_parts__same_statements(void)
{
	struct fixture f = open_fixture();
	const hr_str usual = run(&f, hr_clear_run, hr_clear_format_json, NULL);
	const hr_str small = run(&f, hr_clear_run, hr_clear_format_json, &tiny);

	CU_ASSERT_TRUE(hr_str_equal(usual, small));
	/* And there was something to say: of each kind, and more than is told. */
	for (hr_clear_fault_kind i = HR_CLEAR_BAD; i <= HR_CLEAR_REVERSAL; i++)
		CU_ASSERT_TRUE(f.clear.faults[i] > 0);
	CU_ASSERT_EQUAL(f.clear.told_count, HR_CLEAR_FAULTS_MAX);
	CU_ASSERT_TRUE(f.clear.sum.settlements > LINES / 2);
	CU_ASSERT_TRUE(f.clear.sum.persons > 200);
	hr_arena_close(f.arena);
}

static void test_reconcile__small_parts__same_differences(void)
{
	struct fixture f = open_fixture();
	hr_str usual;
	hr_str small;

	f.options.ours = 1;
	usual = run(&f, hr_clear_reconcile, hr_reconcile_format_json, NULL);
	small = run(&f, hr_clear_reconcile, hr_reconcile_format_json, &tiny);
	CU_ASSERT_TRUE(hr_str_equal(usual, small));
	CU_ASSERT_TRUE(f.clear.agreed > 100);
	CU_ASSERT_TRUE(f.clear.faults[HR_CLEAR_OTHER_SIDE] > HR_CLEAR_FAULTS_MAX);
	hr_arena_close(f.arena);
}

/* What is found last, in another order than that of the lines, may be one of the first. */
static void test_clear__more_faults_than_are_told__the_first_lines_are(void)
{
	struct fixture f = open_fixture();
	unsigned line = 0;

	f.options.ours = 1;
	run(&f, hr_clear_reconcile, hr_reconcile_format_json, NULL);
	CU_ASSERT_EQUAL_FATAL(f.clear.told_count, HR_CLEAR_FAULTS_MAX);
	/* The lines of the first file that the second lacks are its first half: each is told. */
	for (size_t i = 0; i < HR_CLEAR_FAULTS_MAX; i++) {
		CU_ASSERT_EQUAL(f.clear.told[i].file, 0);
		CU_ASSERT_TRUE(f.clear.told[i].line > line);
		line = f.clear.told[i].line;
	}
	CU_ASSERT_TRUE(line < HR_CLEAR_FAULTS_MAX + HR_CLEAR_FAULTS_MAX / 8);
	hr_arena_close(f.arena);
}

static void test_clear__one_id_over_the_limit__is_refused(void)
{
	static const hr_spill_limits limits = { 256, 256 };
	struct fixture f = open_fixture();
	const char *same[] = { f.files[0], f.files[0], f.files[0], f.files[0] };
	hr_error err = { 0 };

	f.options.files = same;
	f.options.file_count = 4;
	f.options.spill = &limits;
	CU_ASSERT_FALSE(hr_clear_run(&f.options, f.arena, &f.clear, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_LIMIT);
	hr_arena_close(f.arena);
}

static const hr_test tests[] = {
	HR_TEST(test_clear__small_parts__same_statements),
	HR_TEST(test_reconcile__small_parts__same_differences),
	HR_TEST(test_clear__more_faults_than_are_told__the_first_lines_are),
	HR_TEST(test_clear__one_id_over_the_limit__is_refused),
};

HR_TEST_MAIN("clear", tests)
