#include "dicom/person_name.h"

#include "base/utf8.h"
#include "dicom/name_fold.h"
#include "dicom/name_words.h"

enum { GROUPS = 3 };

hr_name_groups hr_name_split(hr_str person_name)
{
	hr_str groups[GROUPS] = { HR_STR_NONE, HR_STR_NONE, HR_STR_NONE };
	size_t at = 0;

	for (int i = 0; i < GROUPS && at <= person_name.len; i++) {
		hr_str rest = hr_str_slice(person_name, at, person_name.len);
		size_t end = hr_str_find(rest, HR_STR("="));

		groups[i] = hr_str_trim(hr_str_slice(rest, 0, end));
		at += end + 1;
	}
	return (hr_name_groups){ groups[0], groups[1], groups[2] };
}

/* What is under way. */
struct keys {
	hr_arena *arena;
	hr_str *list;
	size_t count;
	bool is_short; /* of memory */
};

static void add_key(struct keys *keys, hr_str key)
{
	key = hr_name_cut(key);
	if (keys->count == HR_NAME_KEYS_MAX || key.len == 0)
		return;
	for (size_t i = 0; i < keys->count; i++)
		if (hr_str_equal(keys->list[i], key))
			return;
	key = hr_str_copy(keys->arena, key);
	if (key.data)
		keys->list[keys->count++] = key;
	else
		keys->is_short = true;
}

static void add_whole(struct keys *keys, const hr_name_words *words)
{
	char text[HR_NAME_TEXT_MAX + 1] = "=";

	memcpy(text + 1, words->text, words->len);
	if (words->len)
		add_key(keys, (hr_str){ text, words->len + 1 });
}

static hr_str text_from(const hr_name_words *words, size_t at)
{
	return (hr_str){ words->text + at, words->len - at };
}

static void add_words(struct keys *keys, const hr_name_words *words)
{
	for (size_t i = 0; i < words->count; i++)
		add_key(keys, text_from(words, words->words[i].at));
}

/* 张建国, 建国, 国: what is Chinese is found from each character on. */
static void add_characters(struct keys *keys, const hr_name_words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		size_t end = (size_t)words->words[i].at + words->words[i].len;

		for (size_t at = words->words[i].at; words->words[i].is_han && at < end;)
			add_key(keys, text_from(words, at)),
				at += hr_utf8_front(text_from(words, at));
	}
}

/* One reading of a name: which option of each unit. */
struct choice {
	const hr_name_units *units;
	uint8_t picks[HR_NAME_UNITS_MAX];
};

static const hr_name_option *picked(const struct choice *choice, size_t unit)
{
	return &choice->units->units[unit].options[choice->picks[unit]];
}

/* The next reading; the usual ones come first. */
static bool pick_next(struct choice *choice)
{
	for (size_t i = choice->units->count; i-- > 0;) {
		if (++choice->picks[i] < choice->units->units[i].count)
			return true;
		choice->picks[i] = 0;
	}
	return false;
}

/* The units from `from` on, then those before `to`. */
static void add_reading(struct keys *keys, const struct choice *choice, size_t from, size_t to)
{
	char memory[2 * HR_NAME_TEXT_MAX];
	hr_buf text;

	hr_buf_init_over(&text, memory, sizeof(memory));
	for (size_t i = from; i < choice->units->count; i++)
		hr_buf_add(&text, picked(choice, i)->text);
	for (size_t i = 0; i < to; i++)
		hr_buf_add(&text, picked(choice, i)->text);
	add_key(keys, hr_buf_str(&text));
}

static void write_initials(const hr_name_option *option, hr_buf *out)
{
	size_t at = 0;

	if (option->split.count == 0)
		hr_buf_add(out, hr_str_slice(option->text, 0, hr_utf8_front(option->text)));
	for (unsigned i = 0; i < option->split.count; at += option->split.lengths[i++])
		hr_buf_add_char(out, option->text.data[at]);
}

static void add_initials(struct keys *keys, const struct choice *choice)
{
	char memory[HR_NAME_UNITS_MAX * HR_PINYIN_SYLLABLES_MAX + 1];
	hr_buf text;

	hr_buf_init_over(&text, memory, sizeof(memory));
	for (size_t i = 0; i < choice->units->count; i++)
		write_initials(picked(choice, i), &text);
	add_key(keys, hr_buf_str(&text));
}

static void add_readings(struct keys *keys, const hr_name_units *units)
{
	struct choice choice = { .units = units };

	if (units->count == 0)
		return;
	do {
		add_reading(keys, &choice, 0, 0);
		add_initials(keys, &choice);
		add_reading(keys, &choice, units->given, 0);
	} while (pick_next(&choice));
}

/* From each syllable of a word of letters on: the guo of JIANGUO. */
static void add_syllables(struct keys *keys, const hr_name_words *words, const hr_name_unit *unit)
{
	for (unsigned i = 0; i < unit->count; i++) {
		const hr_name_option *option = &unit->options[i];
		size_t at = (size_t)(option->text.data - words->text);

		for (unsigned k = 0; k < option->split.count; at += option->split.lengths[k++])
			add_key(keys, text_from(words, at));
	}
}

/* "Jianguo Zhang", and "guo". */
static void add_parts(struct keys *keys, const hr_name_words *words, const hr_name_units *units)
{
	struct choice choice = { .units = units };

	add_reading(keys, &choice, units->given, units->given);
	for (size_t i = 1; i < units->count; i++)
		add_reading(keys, &choice, i, 0);
	for (size_t i = 0; i < units->count; i++)
		if (units->units[i].options[0].split.count > 1)
			add_syllables(keys, words, &units->units[i]);
}

bool hr_name_keys(hr_str person_name, hr_arena *arena, hr_str *keys, size_t *count, hr_error *err)
{
	hr_name_groups split = hr_name_split(hr_str_slice(person_name, 0, HR_NAME_BYTES_MAX));
	const hr_str groups[GROUPS] = { split.alphabetic, split.ideographic, split.phonetic };
	struct keys out = { .arena = arena, .list = keys };
	hr_name_words words[GROUPS];
	hr_name_units units[GROUPS];

	for (int i = 0; i < GROUPS; i++) {
		hr_name_words_read(groups[i], &words[i]);
		hr_name_units_read(&words[i], &units[i]);
		add_whole(&out, &words[i]);
	}
	for (int i = 0; i < GROUPS; i++)
		add_words(&out, &words[i]);
	for (int i = 0; i < GROUPS; i++)
		add_readings(&out, &units[i]);
	for (int i = 0; i < GROUPS; i++) {
		add_characters(&out, &words[i]);
		add_parts(&out, &words[i], &units[i]);
	}
	if (out.is_short)
		return hr_fail_memory(err);
	*count = out.count;
	return true;
}
