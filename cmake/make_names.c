/*
 * Run by the build: prints the tables of dicom/name_fold.c and dicom/pinyin.c
 * from the Unicode Character Database.
 *
 *	make_names UnicodeData.txt Unihan_Readings.txt Unihan_Variants.txt
 *
 * Readings, without tones: of the 8,105 characters of 通用规范汉字表 those of
 * 通用规范汉字字典 (kTGHZ2013), the usual one first (kMandarin), then by how
 * often they are met (kHanyuPinlu); of the others kMandarin. Characters become
 * the one that is written today: kSimplifiedVariant, unless the character is
 * its own as well (乾); else kZVariant and kSemanticVariant where they lead to
 * one character of the table, of the same reading.
 * Source: UAX #38 and #44.
 */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHARACTERS = 0x32400,
	NEAR_FIRST = 0x3400,
	NEAR_LAST = 0x9fff,
	COMPATIBLE_FIRST = 0xf900,
	COMPATIBLE_LAST = 0xfaff,
	READINGS = 4, /* no character of the table has more */
	SYLLABLE = 8,
	VARIANTS = 8,
	SETS = 4000,
	SYLLABLES = 600,
};

enum source { FROM_TABLE, FROM_MANDARIN, FROM_COUNTS, SOURCES };

struct readings {
	char list[READINGS][SYLLABLE];
	unsigned count;
};

static struct character {
	uint32_t decomposed; /* the first character of its decomposition */
	uint32_t lower;
	uint32_t simplified;
	bool simplified_itself;
	uint32_t variants[VARIANTS];
	unsigned variant_count;
	struct readings from[SOURCES];
	struct readings readings;
	uint32_t folded; /* 0: it stays */
} characters[CHARACTERS];

static struct readings sets[SETS];
static unsigned set_count;
static char syllables[SYLLABLES][SYLLABLE];
static unsigned syllable_count;

static struct character *find(uint32_t c)
{
	return c < CHARACTERS ? &characters[c] : NULL;
}

static bool is_in_table(uint32_t c)
{
	return c < CHARACTERS && characters[c].from[FROM_TABLE].count > 0;
}

/* Without its accent, in lower case. */
static uint32_t letter_of(uint32_t c)
{
	while (c < CHARACTERS && characters[c].decomposed)
		c = characters[c].decomposed;
	return c < CHARACTERS && characters[c].lower ? characters[c].lower : c;
}

/* The n-th of the fields of a line of UnicodeData.txt. */
static const char *field_of(const char *line, int n)
{
	while (n-- > 0 && line)
		line = (line = strchr(line, ';')) ? line + 1 : NULL;
	return line ? line : "";
}

static void take_unicode(char *line)
{
	struct character *c = find((uint32_t)strtoul(line, NULL, 16));
	const char *decomposition = field_of(line, 5);

	if (!c)
		return;
	if (!strncmp(decomposition, "<wide> ", 7) || !strncmp(decomposition, "<narrow> ", 9))
		decomposition = strchr(decomposition, ' ') + 1;
	c->decomposed = (uint32_t)strtoul(decomposition, NULL, 16);
	c->lower = (uint32_t)strtoul(field_of(line, 13), NULL, 16);
}

static bool has(const struct readings *readings, const char *syllable)
{
	for (unsigned i = 0; i < readings->count; i++)
		if (!strcmp(readings->list[i], syllable))
			return true;
	return false;
}

static void add(struct readings *readings, const char syllable[SYLLABLE])
{
	if (readings->count < READINGS && !has(readings, syllable))
		memcpy(readings->list[readings->count++], syllable, SYLLABLE);
}

/* A character of two or three bytes of UTF-8, the lead byte being taken. */
static uint32_t read_wide(unsigned lead, const char **at)
{
	uint32_t c = lead >= 0xe0 ? lead & 0x0f : lead & 0x1f;

	while ((**at & 0xc0) == 0x80)
		c = c << 6 | (*(*at)++ & 0x3f);
	return c;
}

/* The syllable at `at`, without its tone. Behind it stands what is no letter. */
static const char *take_syllable(const char *at, struct readings *out)
{
	char syllable[SYLLABLE] = "";
	size_t len = 0;

	for (;;) {
		const char *next = at + 1;
		uint32_t c = (unsigned char)*at;

		c = letter_of(c < 0x80 ? c : read_wide(c, &next));
		if (c >= 'a' && c <= 'z' && len < SYLLABLE - 1)
			syllable[len++] = (char)c;
		else if (c < 0x300 || c > 0x36f)
			break;
		at = next;
	}
	/* 嗯 and 哼 have readings without a vowel; no name has. */
	if (strpbrk(syllable, "aeiou"))
		add(out, syllable);
	return at;
}

/* "lè(283) yuè(54)", "lè", "212.030:lè 453.020:yuè". */
static void take_syllables(const char *at, struct readings *out)
{
	while (*at) {
		const char *end = at + strcspn(at, " ");
		const char *colon = memchr(at, ':', (size_t)(end - at));

		take_syllable(colon ? colon + 1 : at, out);
		at = end + (*end == ' ');
	}
}

/* Takes "U+4E50<tab>kMandarin<tab>lè" apart; NULL when it is none of that. */
static struct character *take_unihan(char *line, char **key, char **value)
{
	*key = strchr(line, '\t');
	*value = *key ? strchr(*key + 1, '\t') : NULL;
	if (strncmp(line, "U+", 2) != 0 || !*value)
		return NULL;
	*(*value)++ = '\0';
	++*key;
	return find((uint32_t)strtoul(line + 2, NULL, 16));
}

static void take_readings(char *line)
{
	static const char *const keys[SOURCES] = { "kTGHZ2013", "kMandarin", "kHanyuPinlu" };
	char *key;
	char *value;
	struct character *c = take_unihan(line, &key, &value);

	for (int i = 0; c && i < SOURCES; i++)
		if (!strcmp(key, keys[i]))
			take_syllables(value, &c->from[i]);
}

/* "U+949F U+953A", "U+5CF0<kMatthews". */
static void take_variants(char *line)
{
	char *key;
	char *at;
	struct character *c = take_unihan(line, &key, &at);
	bool simplified = c && strcmp(key, "kSimplifiedVariant") == 0;
	bool variant = c && (strcmp(key, "kZVariant") == 0 || strcmp(key, "kSemanticVariant") == 0);

	if (!simplified && !variant)
		return;
	for (; at; at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL) {
		uint32_t to = (uint32_t)strtoul(at + 2, NULL, 16);

		if (simplified && find(to) == c)
			c->simplified_itself = true;
		else if (simplified &&
			 (!c->simplified || (is_in_table(to) && !is_in_table(c->simplified))))
			c->simplified = to;
		else if (!simplified && c->variant_count < VARIANTS)
			c->variants[c->variant_count++] = to;
	}
}

static bool read_lines(const char *path, void (*take)(char *line))
{
	static char line[65536];
	FILE *file = fopen(path, "r");

	if (!file) {
		perror(path);
		return false;
	}
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		take(line);
	}
	return fclose(file) == 0;
}

static void join_readings(struct character *c)
{
	const struct readings *table = &c->from[FROM_TABLE];

	for (int source = FROM_MANDARIN; source < SOURCES; source++)
		for (unsigned i = 0; i < c->from[source].count; i++)
			if (has(table, c->from[source].list[i]) ||
			    (table->count == 0 && source == FROM_MANDARIN))
				add(&c->readings, c->from[source].list[i]);
	for (unsigned i = 0; i < table->count; i++)
		add(&c->readings, table->list[i]);
	/* Of old; 甄嬛 is known by it. */
	if (c->from[FROM_MANDARIN].count)
		add(&c->readings, c->from[FROM_MANDARIN].list[0]);
}

static bool sound_alike(const struct character *a, const struct character *b)
{
	for (unsigned i = 0; i < a->readings.count; i++)
		if (has(&b->readings, a->readings.list[i]))
			return true;
	return false;
}

static uint32_t simplified_of(uint32_t c)
{
	if (c >= CHARACTERS || characters[c].simplified_itself || !characters[c].simplified)
		return c;
	return characters[c].simplified;
}

/* The one character of the table that it is another form of; 0 when there is none, or two. */
static uint32_t variant_of(const struct character *c)
{
	uint32_t found = 0;

	for (unsigned i = 0; i < c->variant_count; i++) {
		uint32_t to = simplified_of(c->variants[i]);

		if (!is_in_table(to) || !sound_alike(c, &characters[to]) || to == found)
			continue;
		if (found)
			return 0;
		found = to;
	}
	return found;
}

static bool is_near(uint32_t c)
{
	return c >= NEAR_FIRST && c <= NEAR_LAST;
}

static void fold(uint32_t at)
{
	struct character *c = &characters[at];
	uint32_t to = simplified_of(at);

	if (to == at && at >= COMPATIBLE_FIRST && at <= COMPATIBLE_LAST && c->decomposed)
		to = simplified_of(c->decomposed);
	if (to == at && !is_in_table(at))
		to = variant_of(c);
	if (to != at && (is_in_table(to) || is_near(to)))
		c->folded = to;
}

/* A variant of a variant would be found only on one of two ways. */
static void fold_all(void)
{
	for (uint32_t i = 0; i < CHARACTERS; i++)
		join_readings(&characters[i]);
	for (uint32_t i = NEAR_FIRST; i < CHARACTERS; i++)
		fold(i);
	for (uint32_t i = NEAR_FIRST; i < CHARACTERS; i++)
		for (int steps = 0; characters[i].folded && steps < 4; steps++)
			if (characters[characters[i].folded].folded)
				characters[i].folded = characters[characters[i].folded].folded;
	for (uint32_t i = NEAR_FIRST; i < CHARACTERS; i++)
		if (characters[i].folded == i)
			characters[i].folded = 0;
}

static unsigned set_of(const struct readings *readings)
{
	unsigned i = 0;

	while (i < set_count && memcmp(&sets[i], readings, sizeof(*readings)) != 0)
		i++;
	assert(i < SETS);
	if (i == set_count)
		sets[set_count++] = *readings;
	return i;
}

static void print_letters(uint32_t first, uint32_t last)
{
	printf("const uint16_t hr_letters_%x[] = {", first);
	for (uint32_t i = first; i <= last; i++)
		printf("%s0x%x,", (i - first) % 16 ? "" : "\n", letter_of(i));
	puts("};");
}

static void print_folds(void)
{
	unsigned count = 0;

	puts("const uint32_t hr_han_folds[][2] = {");
	for (uint32_t i = NEAR_FIRST; i < CHARACTERS; i++)
		if (characters[i].folded && ++count)
			printf("{0x%x,0x%x},\n", i, characters[i].folded);
	printf("};\nconst size_t hr_han_fold_count = %u;\n", count);
}

static void print_readings(void)
{
	unsigned count = 0;

	set_of(&(struct readings){ .count = 0 });
	puts("const uint16_t hr_pinyin_near[] = {");
	for (uint32_t i = NEAR_FIRST; i <= NEAR_LAST; i++)
		printf("%u,%s", characters[i].folded ? 0 : set_of(&characters[i].readings),
		       i % 16 == 15 ? "\n" : "");
	puts("};\nconst uint32_t hr_pinyin_far[][2] = {");
	for (uint32_t i = NEAR_LAST + 1; i < CHARACTERS; i++)
		if (is_in_table(i) && !characters[i].folded && ++count)
			printf("{0x%x,%u},\n", i, set_of(&characters[i].readings));
	printf("};\nconst size_t hr_pinyin_far_count = %u;\n", count);
	puts("const char *const hr_pinyin_sets[] = {");
	for (unsigned i = 0; i < set_count; i++) {
		putchar('"');
		for (unsigned k = 0; k < sets[i].count; k++)
			printf("%s%s", k ? " " : "", sets[i].list[k]);
		puts("\",");
	}
	puts("};");
}

static void take_syllable_name(const char syllable[SYLLABLE])
{
	for (unsigned i = 0; i < syllable_count; i++)
		if (!strcmp(syllables[i], syllable))
			return;
	assert(syllable_count < SYLLABLES);
	memcpy(syllables[syllable_count++], syllable, SYLLABLE);
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* With those that stand for ü in passports (GB/T 28039). */
static void print_syllables(void)
{
	static const char passport[][SYLLABLE] = { "lyu", "lyue", "nyu", "nyue" };

	for (size_t i = 0; i < sizeof(passport) / sizeof(passport[0]); i++)
		take_syllable_name(passport[i]);
	for (uint32_t i = NEAR_FIRST; i < CHARACTERS; i++)
		for (unsigned k = 0; is_in_table(i) && k < characters[i].readings.count; k++)
			take_syllable_name(characters[i].readings.list[k]);
	qsort(syllables, syllable_count, SYLLABLE, compare);
	puts("const char hr_pinyin_syllables[][8] = {");
	for (unsigned i = 0; i < syllable_count; i++)
		printf("\"%s\",\n", syllables[i]);
	printf("};\nconst size_t hr_pinyin_syllable_count = %u;\n", syllable_count);
}

int main(int argc, char **argv)
{
	if (argc != 4 || !read_lines(argv[1], take_unicode) ||
	    !read_lines(argv[2], take_readings) || !read_lines(argv[3], take_variants))
		return EXIT_FAILURE;
	fold_all();
	puts("#include \"dicom/name_tables.h\"");
	print_letters(0x80, 0x587);
	print_letters(0x1e00, 0x1fff);
	print_letters(0x3040, 0x30ff);
	print_letters(0xff00, 0xffef);
	print_folds();
	print_readings();
	print_syllables();
	return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}
