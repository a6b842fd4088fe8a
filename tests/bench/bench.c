/*
 * What a verdict costs, against what the libraries alone take for the same
 * bytes in the same run. Rounds of the two alternate, so that a change of the
 * machine's speed meets both; medians of rounds are printed.
 *
 *	bench CATALOGUE CDA FHIR HL7 DICOM
 *	                                ratios and microseconds
 *	bench --answer CATALOGUE CDA    a verdict and its JSON alone, beside a service that does the
 *	                                same
 *	bench --message CATALOGUE CDA HL7
 *	                                a message's verdict as of now, as MLLP asks it, and the SAX2
 *	                                pass over the CDA
 *	bench --batch CATALOGUE CDA FOLDER OUTPUT
 *	                                a batch over a folder of that document, many times
 *	bench --load REPO               time and memory of loading a catalogue from git
 */
#include "floor.h"

#include "registry/registry.h"
#include "service/batch.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#define RECEIVER "121100004000000014"

enum { ROUNDS = 41, ROUND_NS = 4000000 };

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void fail(const char *what, const hr_error *err)
{
	fprintf(stderr, "bench: %s: %s\n", what, err ? err->message : "failed");
	exit(EXIT_FAILURE);
}

struct bench {
	hr_arena *arena; /* of the inputs */
	hr_arena *request;
	hr_catalog *catalog;
	hr_reader *reader;
	hr_question question;
	hr_str cda;
	hr_str fhir;
	hr_str hl7;
	hr_str dicom;
	floor_sax2 *sax2;
	floor_dom *dom;
	hr_reports reports; /* of the CDA, read once, for the decision alone */
	hr_verdict verdict; /* on them, reached once, for the JSON alone */
};

static void run_sax2_fresh(struct bench *b)
{
	if (!floor_sax2_fresh(b->cda))
		fail("SAX2", NULL);
}

static void run_sax2_reused(struct bench *b)
{
	if (!floor_sax2_reused(b->sax2, b->cda))
		fail("SAX2", NULL);
}

static void run_dom(struct bench *b)
{
	if (!floor_dom_run(b->dom))
		fail("simdjson DOM", NULL);
}

static void verify(struct bench *b, hr_str document)
{
	hr_verdicts verdicts;
	hr_error err;

	hr_arena_reset(b->request);
	if (!hr_verify(b->catalog, b->reader, &b->question, document, b->request, &verdicts, &err))
		fail("verify", &err);
}

static void run_cda(struct bench *b)
{
	verify(b, b->cda);
}

/* Of a verdict that was reached before, so that its cost stands alone. */
static void run_json(struct bench *b)
{
	hr_buf buf;

	hr_arena_reset(b->request);
	hr_buf_init(&buf, b->request, HR_REQUEST_BYTES_MAX);
	hr_verdict_format_json(&b->verdict, &buf);
	if (buf.failed)
		fail("JSON", NULL);
}

static void run_brief(struct bench *b)
{
	hr_buf buf;

	hr_arena_reset(b->request);
	hr_buf_init(&buf, b->request, HR_REQUEST_BYTES_MAX);
	hr_verdict_format_brief(&b->verdict, &buf);
	if (buf.failed)
		fail("JSON in short", NULL);
}

/* As the service does it: one after the other, in the memory of one request. */
static void run_answer(struct bench *b)
{
	hr_verdicts verdicts;
	hr_error err;
	hr_buf buf;

	hr_arena_reset(b->request);
	if (!hr_verify(b->catalog, b->reader, &b->question, b->cda, b->request, &verdicts, &err))
		fail("verify", &err);
	hr_buf_init(&buf, b->request, HR_REQUEST_BYTES_MAX);
	hr_verdicts_format(&verdicts, HR_VERDICT_JSON, (hr_verdict_style){ 0 }, &buf);
	if (buf.failed)
		fail("JSON", NULL);
}

static void run_fhir(struct bench *b)
{
	verify(b, b->fhir);
}

static void run_hl7(struct bench *b)
{
	verify(b, b->hl7);
}

/* From the bytes to neutral reports; what a decision costs is measured elsewhere. */
static void read_only(struct bench *b, hr_str bytes)
{
	hr_reports reports;
	hr_error err;

	hr_arena_reset(b->request);
	if (!hr_reader_read(b->reader, bytes, b->request, &reports, &err))
		fail("a report", &err);
}

static void run_hl7_read(struct bench *b)
{
	read_only(b, b->hl7);
}

static void run_dcmtk(struct bench *b)
{
	if (!floor_dcmtk_run(b->dicom.data, b->dicom.len))
		fail("DCMTK", NULL);
}

static void run_dicom(struct bench *b)
{
	read_only(b, b->dicom);
}

static void run_decision(struct bench *b)
{
	hr_verdict verdict;
	hr_error err;

	hr_arena_reset(b->request);
	if (!hr_recognise(b->catalog, b->reports.reports, &b->question, b->request, &verdict, &err))
		fail("decision", &err);
}

enum {
	SAX2_FRESH,
	SAX2_REUSED,
	CDA,
	JSON,
	BRIEF,
	ANSWER,
	DOM,
	FHIR,
	HL7_READ,
	HL7,
	DCMTK,
	DICOM,
	DECISION,
	CASES
};

static const struct {
	const char *name;
	void (*run)(struct bench *b);
	int floor; /* index of what it is held against, or -1 */
	double goal;
} cases[CASES] = {
	[SAX2_FRESH] = { "libxml2 SAX2 pass, context made anew", run_sax2_fresh, -1, 0 },
	[SAX2_REUSED] = { "libxml2 SAX2 pass, context kept", run_sax2_reused, -1, 0 },
	[CDA] = { "verify CDA", run_cda, SAX2_FRESH, 1.5 },
	[JSON] = { "JSON of its verdict", run_json, CDA, 1 },
	[BRIEF] = { "the same in short, as of a batch", run_brief, CDA, 0 },
	[ANSWER] = { "verify CDA and its JSON, in one", run_answer, CDA, 0 },
	[DOM] = { "simdjson DOM pass, parser kept", run_dom, -1, 0 },
	[FHIR] = { "verify FHIR", run_fhir, DOM, 6 },
	[HL7_READ] = { "read HL7 v2", run_hl7_read, SAX2_FRESH, 0.2 },
	[HL7] = { "verify HL7 v2", run_hl7, SAX2_FRESH, 0.33 },
	[DCMTK] = { "DCMTK until the pixels", run_dcmtk, -1, 0 },
	[DICOM] = { "DICOM header, read", run_dicom, DCMTK, 2 },
	[DECISION] = { "the decision alone", run_decision, -1, 0 },
};

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare_doubles);
	return values[count / 2];
}

/* Mean of as many runs as fill a round, in microseconds. */
static double round_us(struct bench *b, int which, int runs)
{
	double start = now_ns();

	for (int i = 0; i < runs; i++)
		cases[which].run(b);
	return (now_ns() - start) / runs / 1000;
}

static void measure(struct bench *b)
{
	static double us[CASES][ROUNDS];
	static double ratio[CASES][ROUNDS];
	int runs[CASES];

	for (int i = 0; i < CASES; i++)
		runs[i] = 1 + (int)(ROUND_NS / 1e3 / round_us(b, i, 20));
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < CASES; i++)
			us[i][round] = round_us(b, i, runs[i]);
		for (int i = 0; i < CASES; i++)
			if (cases[i].floor >= 0)
				ratio[i][round] = us[i][round] / us[cases[i].floor][round];
	}
	printf("%-40s %10s %8s %6s\n", "", "us", "ratio", "goal");
	for (int i = 0; i < CASES; i++) {
		printf("%-40s %10.2f", cases[i].name, median(us[i], ROUNDS));
		if (cases[i].floor >= 0)
			printf(" %8.2f", median(ratio[i], ROUNDS));
		if (cases[i].goal > 0)
			printf(" %6.2f", cases[i].goal);
		putchar('\n');
	}
}

static void ask(struct bench *b)
{
	b->question.setting = HR_SETTING_OUTPATIENT;
	b->question.receiver = HR_STR(RECEIVER);
	hr_instant_parse(HR_STR("2025-02-20T09:30:00"), &b->question.at);
}

static int bench_verify(char **argv)
{
	struct bench b = { .arena = hr_arena_open((size_t)1 << 30),
			   .request = hr_arena_open(HR_REQUEST_BYTES_MAX),
			   .reader = hr_reader_open(),
			   .sax2 = floor_sax2_open() };
	hr_error err;

	if (!hr_catalog_open_folder(argv[0], NULL, &b.catalog, &err) ||
	    !hr_file_read(argv[1], HR_DOCUMENT_MAX, b.arena, &b.cda, &err) ||
	    !hr_file_read(argv[2], HR_DOCUMENT_MAX, b.arena, &b.fhir, &err) ||
	    !hr_file_read(argv[3], HR_DOCUMENT_MAX, b.arena, &b.hl7, &err) ||
	    !hr_file_read(argv[4], HR_DOCUMENT_MAX, b.arena, &b.dicom, &err) ||
	    !hr_reader_read(b.reader, b.cda, b.arena, &b.reports, &err))
		fail("inputs", &err);
	b.dom = floor_dom_open(b.fhir.data, b.fhir.len);
	floor_dcmtk_open();
	ask(&b);
	if (!hr_recognise(b.catalog, b.reports.reports, &b.question, b.arena, &b.verdict, &err))
		fail("decision", &err);
	printf("CDA %zu bytes, FHIR %zu, HL7 v2 %zu, %u results, %zu regimes, %zu institutions\n",
	       b.cda.len, b.fhir.len, b.hl7.len, b.reports.reports->result_count,
	       hr_catalog_regime_count(b.catalog), hr_catalog_institution_count(b.catalog));
	measure(&b);
	floor_dom_close(b.dom);
	floor_sax2_close(b.sax2);
	hr_reader_close(b.reader);
	hr_catalog_unref(b.catalog);
	hr_arena_close(b.request);
	hr_arena_close(b.arena);
	return EXIT_SUCCESS;
}

/* The mean, as the time of a service is one. */
static int bench_answer(char **argv)
{
	enum { RUNS = 2000 };
	struct bench b = { .arena = hr_arena_open((size_t)1 << 30),
			   .request = hr_arena_open(HR_REQUEST_BYTES_MAX),
			   .reader = hr_reader_open() };
	hr_error err;

	if (!hr_catalog_open_folder(argv[0], NULL, &b.catalog, &err) ||
	    !hr_file_read(argv[1], HR_DOCUMENT_MAX, b.arena, &b.cda, &err))
		fail("inputs", &err);
	ask(&b);
	for (int i = 0; i < RUNS / 10; i++)
		run_answer(&b);
	printf("%s %.2f us\n", cases[ANSWER].name, round_us(&b, ANSWER, RUNS));
	hr_reader_close(b.reader);
	hr_catalog_unref(b.catalog);
	hr_arena_close(b.request);
	hr_arena_close(b.arena);
	return EXIT_SUCCESS;
}

/* Both, in the same rounds. */
static int bench_message(char **argv)
{
	enum { RUNS = 1000 };
	struct bench b = { .arena = hr_arena_open((size_t)1 << 30),
			   .request = hr_arena_open(HR_REQUEST_BYTES_MAX),
			   .reader = hr_reader_open() };
	double message[ROUNDS];
	double sax2[ROUNDS];
	hr_error err;

	if (!hr_catalog_open_folder(argv[0], NULL, &b.catalog, &err) ||
	    !hr_file_read(argv[1], HR_DOCUMENT_MAX, b.arena, &b.cda, &err) ||
	    !hr_file_read(argv[2], HR_DOCUMENT_MAX, b.arena, &b.hl7, &err))
		fail("inputs", &err);
	b.question = (hr_question){ .receiver = HR_STR(RECEIVER), .at = { time(NULL) } };
	round_us(&b, HL7, RUNS / 10);
	for (int i = 0; i < ROUNDS; i++) {
		message[i] = round_us(&b, HL7, RUNS / ROUNDS);
		sax2[i] = round_us(&b, SAX2_FRESH, RUNS / ROUNDS);
	}
	printf("verify %.2f us, SAX2 %.2f us\n", median(message, ROUNDS), median(sax2, ROUNDS));
	hr_reader_close(b.reader);
	hr_catalog_unref(b.catalog);
	hr_arena_close(b.request);
	hr_arena_close(b.arena);
	return EXIT_SUCCESS;
}

/* --- a batch --- */

enum { BATCH_RUNS = 9, BATCH_PASSES = 1000, THREADS_MAX = 64 };

static void *pass_often(void *context)
{
	for (int i = 0; i < BATCH_PASSES; i++)
		run_sax2_fresh(context);
	return NULL;
}

/*
 * On as many processors as a batch has, because they share what is in a core;
 * and of their time, so that who else is on the machine does not count.
 */
static double sax2_us(struct bench *b, unsigned threads)
{
	pthread_t started[THREADS_MAX];
	double start = now_ns();

	for (unsigned i = 0; i < threads; i++)
		if (pthread_create(&started[i], NULL, pass_often, b) != 0)
			fail("threads", NULL);
	for (unsigned i = 0; i < threads; i++)
		pthread_join(started[i], NULL);
	return (now_ns() - start) / 1000 / BATCH_PASSES / threads;
}

static double batch_us(const hr_batch_options *options, hr_arena *arena)
{
	hr_batch_outcome outcome;
	hr_error err;
	double start = now_ns();

	unlink(options->output);
	hr_arena_reset(arena);
	if (!hr_batch_run(options, arena, &outcome, &err))
		fail("batch", &err);
	if (hr_tally_sum(&outcome.tally, HR_TALLY_REPORTS) != outcome.progress.inputs)
		fail("batch: some reports could not be read", NULL);
	return (now_ns() - start) / 1000 / (double)outcome.progress.inputs;
}

static int bench_batch(char **argv)
{
	struct bench b = { .arena = hr_arena_open((size_t)1 << 30),
			   .request = hr_arena_open((size_t)1 << 30) };
	double us[BATCH_RUNS];
	double ratio[BATCH_RUNS];
	hr_batch_options options = {
		.input = argv[2],
		.output = argv[3],
		.threads = (unsigned)(get_nprocs() < THREADS_MAX ? get_nprocs() : THREADS_MAX),
		.stop_fd = -1
	};
	hr_error err;

	if (!hr_catalog_open_folder(argv[0], NULL, &b.catalog, &err) ||
	    !hr_file_read(argv[1], HR_DOCUMENT_MAX, b.arena, &b.cda, &err))
		fail("inputs", &err);
	ask(&b);
	options.catalog = b.catalog;
	options.question = b.question;
	for (int run = 0; run < BATCH_RUNS; run++) {
		double floor = sax2_us(&b, options.threads);

		us[run] = batch_us(&options, b.request);
		ratio[run] = us[run] / floor;
	}
	printf("%-40s %10.2f %8.2f %6.2f\n", "a report of a batch, of a processor",
	       median(us, BATCH_RUNS), median(ratio, BATCH_RUNS), 2.0);
	hr_catalog_unref(b.catalog);
	hr_arena_close(b.request);
	hr_arena_close(b.arena);
	return EXIT_SUCCESS;
}

static int bench_load(const char *repo)
{
	enum { LOADS = 5 };
	double ms[LOADS];
	struct rusage usage;
	hr_registry *registry;
	hr_catalog *catalog = NULL;
	hr_error err;

	for (int i = 0; i < LOADS; i++) {
		double start = now_ns();

		hr_catalog_unref(catalog);
		if (!hr_registry_open(repo, &registry, &err) ||
		    !hr_registry_load(registry, HR_STR_NONE, NULL, &catalog, &err))
			fail("load", &err);
		hr_registry_close(registry);
		ms[i] = (now_ns() - start) / 1e6;
	}
	getrusage(RUSAGE_SELF, &usage);
	printf("load from git: %zu institutions x %zu items: %.0f ms, peak memory %ld MB, "
	       "snapshot %zu MB\n",
	       hr_catalog_institution_count(catalog), hr_catalog_item_count(catalog),
	       median(ms, LOADS), usage.ru_maxrss / 1024, hr_catalog_bytes(catalog) >> 20);
	hr_catalog_unref(catalog);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--load") == 0)
		return bench_load(argv[2]);
	if (argc == 6 && strcmp(argv[1], "--batch") == 0)
		return bench_batch(argv + 2);
	if (argc == 4 && strcmp(argv[1], "--answer") == 0)
		return bench_answer(argv + 2);
	if (argc == 5 && strcmp(argv[1], "--message") == 0)
		return bench_message(argv + 2);
	if (argc == 6)
		return bench_verify(argv + 1);
	fprintf(stderr, "usage: bench CATALOGUE CDA FHIR HL7 DICOM | --answer CATALOGUE CDA | "
			"--message CATALOGUE CDA HL7 | --batch CATALOGUE CDA FOLDER OUTPUT | "
			"--load REPO\n");
	return 2;
}
