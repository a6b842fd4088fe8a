/*
 * What a settlement costs: from a key that is known, from the words of a visit,
 * with every step kept, and from a line of JSON. One thread; best of five rounds.
 *
 *	bench_settle CATALOGUE [FILE]      writes the visits as lines to FILE
 */
#include "settlement/quote.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	VISITS = 4096,
	ROUNDS = 5,
	PASSES = 100,
	LINE_PASSES = 10,
	FILE_PASSES = 50,
	LINE_MAX = 600
};

struct bench {
	const hr_catalog *catalog;
	const hr_area *area;
	hr_visit visits[VISITS];
	hr_scope_key keys[VISITS];
	char lines[VISITS][LINE_MAX];
	hr_json_parser *parser;
	hr_arena *arena; /* of one line */
	int64_t sum;	 /* so that nothing is left out */
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void make_visits(struct bench *b)
{
	static const char *const types[] = { "21", "11", "14" };
	static const char *const levels[] = { "1", "2", "3" };
	static const char *const people[] = { "1101", "1201", "1102" };
	uint64_t seed = 88172645463325252u;

	for (size_t i = 0; i < VISITS; i++) {
		hr_visit *visit = &b->visits[i];
		bool employee;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		employee = seed & 1;
		*visit = (hr_visit){
			.insured = HR_STR("910101"),
			.care = seed & 2 ? HR_STR("910105") : HR_STR("920105"),
			.insurance = employee ? HR_STR("310") : HR_STR("390"),
			.person = hr_str_of(people[seed / 4 % 3]),
			.type = hr_str_of(types[seed / 16 % (employee ? 2 : 1)]),
			.condition = HR_STR("M04600"),
			.level = hr_str_of(levels[seed / 64 % 3]),
			.hospital = HR_STR("H1"),
			.age = (uint8_t)(seed / 256 % 90),
			.filing = HR_FILING_LONG,
			.charges = { .own_fen = 12345, .scope_fen = (int64_t)(seed >> 40) },
		};
		hr_date_from_civil(2025, 3, 1, &visit->ended);
	}
}

/* Of a visit the key with its zone, as a caller who settles a person again has it. */
static void make_key(struct bench *b, size_t i)
{
	const hr_visit *visit = &b->visits[i];
	bool home;

	b->keys[i] = hr_visit_key(visit, b->catalog);
	hr_area_find_zone(b->area, visit->care, visit->ended, &b->keys[i], &home);
	hr_scope_key_set_filing(visit->filing, &b->keys[i]);
}

static void settle(struct bench *b, size_t i, hr_trace *trace)
{
	const hr_visit *visit = &b->visits[i];
	hr_settlement out;
	hr_rules rules;
	hr_year after;
	hr_error err;

	if (!hr_rules_find(b->area, &b->keys[i], visit->filing, visit->ended, 0, &rules))
		abort();
	rules.hospital = visit->hospital;
	if (!hr_settle(&rules, &visit->charges, &visit->year, &out, &after, trace, &err))
		abort();
	b->sum += out.fen[HR_FUND_PAY_SUMAMT] + after.count;
}

static void run_known(struct bench *b, hr_trace *trace)
{
	for (size_t i = 0; i < VISITS; i++)
		settle(b, i, trace);
}

static void run_words(struct bench *b, hr_trace *trace)
{
	for (size_t i = 0; i < VISITS; i++) {
		make_key(b, i);
		settle(b, i, trace);
	}
}

/* As a hospital's system writes it. */
static void make_line(struct bench *b, size_t i)
{
	const hr_visit *v = &b->visits[i];
	char scope[HR_MONEY_TEXT];
	hr_str in_scope = hr_money_format((hr_money){ v->charges.scope_fen }, scope);

	snprintf(b->lines[i], LINE_MAX,
		 "{\"medins_setl_id\":\"S%06zu\",\"insuplc_admdvs\":\"%.*s\","
		 "\"mdtrtarea_admvs\":\"%.*s\",\"insutype\":\"%.*s\",\"psn_type\":\"%.*s\","
		 "\"age\":%u,\"med_type\":\"%.*s\",\"opsp_dise_code\":\"M04600\","
		 "\"hosp_lv\":\"%.*s\",\"fixmedins_code\":\"H1\",\"enddate\":\"2025-03-01\","
		 "\"filing\":\"long\",\"fulamt_ownpay_amt\":\"123.45\","
		 "\"overlmt_selfpay\":\"0.00\",\"preselfpay_amt\":\"0.00\","
		 "\"inscp_scp_amt\":\"%.*s\",\"year\":[]}",
		 i, HR_STR_ARG(v->insured), HR_STR_ARG(v->care), HR_STR_ARG(v->insurance),
		 HR_STR_ARG(v->person), v->age, HR_STR_ARG(v->type), HR_STR_ARG(v->level),
		 HR_STR_ARG(in_scope));
}

static bool write_lines(const struct bench *b, const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return false;
	for (int pass = 0; pass < FILE_PASSES; pass++)
		for (size_t i = 0; i < VISITS; i++)
			fprintf(file, "%s\n", b->lines[i]);
	return fclose(file) == 0;
}

static void quote_line(struct bench *b, size_t i, hr_quote *quote)
{
	hr_visit *visit;
	const hr_json *node;
	hr_error err;

	hr_arena_reset(b->arena);
	visit = HR_NEW(b->arena, hr_visit);
	if (!visit || !hr_json_read(b->parser, hr_str_of(b->lines[i]), b->arena, &node, &err) ||
	    !hr_visit_read(node, b->catalog, b->arena, visit, &err) ||
	    !hr_quote_make(b->catalog, visit, false, b->arena, quote, &err))
		abort();
	b->sum += (int64_t)quote->reading_count;
}

static void run_read(struct bench *b, hr_trace *unused)
{
	hr_quote quote;

	(void)unused;
	for (size_t i = 0; i < VISITS; i++)
		quote_line(b, i, &quote);
}

static void run_answered(struct bench *b, hr_trace *unused)
{
	(void)unused;
	for (size_t i = 0; i < VISITS; i++) {
		hr_quote quote;
		hr_buf buf;

		quote_line(b, i, &quote);
		hr_buf_init(&buf, b->arena, 1 << 20);
		hr_quote_format_json(&quote, &buf);
		b->sum += (int64_t)buf.len;
	}
}

static void measure(struct bench *b, const char *what, double goal, int passes,
		    void (*run)(struct bench *b, hr_trace *trace), hr_trace *trace)
{
	double best = 1e9;

	for (int round = 0; round < ROUNDS; round++) {
		double begin = now();
		double took;

		for (int pass = 0; pass < passes; pass++)
			run(b, trace);
		took = now() - begin;
		if (took < best)
			best = took;
	}
	printf("%-40s %6.2f million a second", what, (double)VISITS * passes / best / 1e6);
	if (goal > 0)
		printf(" (goal: %.1f)", goal);
	printf("\n");
}

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(64 << 20);
	struct bench *b = arena ? HR_NEW(arena, struct bench) : NULL;
	hr_trace *trace = arena ? HR_NEW(arena, hr_trace) : NULL;
	hr_catalog *catalog;
	hr_error err;

	if (argc < 2 || !b || !trace)
		return 2;
	if (!hr_catalog_open_folder(argv[1], NULL, &catalog, &err)) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	b->catalog = catalog;
	b->area = hr_catalog_find_area(catalog, HR_STR("910101"));
	if (!b->area)
		return 1;
	make_visits(b);
	b->parser = hr_json_parser_open();
	b->arena = hr_arena_open(16 << 20);
	if (!b->parser || !b->arena)
		return 1;
	for (size_t i = 0; i < VISITS; i++) {
		make_key(b, i);
		make_line(b, i);
	}
	if (argc > 2)
		return write_lines(b, argv[2]) ? 0 : 1;
	measure(b, "settlements", 2, PASSES, run_known, NULL);
	measure(b, "settlements, from the words of a visit", 2, PASSES, run_words, NULL);
	measure(b, "settlements, every step kept", 0.3, PASSES, run_words, trace);
	measure(b, "a line of JSON to a settlement", 0, LINE_PASSES, run_read, NULL);
	measure(b, "a line of JSON to a line of JSON", 0, LINE_PASSES, run_answered, NULL);
	printf("(checksum %lld)\n", (long long)b->sum);
	hr_arena_close(b->arena);
	hr_json_parser_close(b->parser);
	hr_catalog_unref(catalog);
	return 0;
}
