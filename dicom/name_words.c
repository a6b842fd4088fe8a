#include "dicom/name_words.h"

#include "base/utf8.h"
#include "dicom/name_fold.h"
#include "dicom/person_name.h"

/* What has been read of a group. */
struct reading {
	hr_name_words *out;
	bool is_broken; /* the next letter begins a word */
	bool is_given;
	bool is_han;
	bool was_lower;
};

/* ZhangJianGuo is three words. */
static bool begins_word(const struct reading *r, const hr_name_char *c)
{
	return r->is_broken || r->is_han != (c->kind == HR_NAME_HAN) ||
	       (c->is_upper && r->was_lower);
}

static void add_letter(struct reading *r, const hr_name_char *c)
{
	hr_name_words *out = r->out;

	if (begins_word(r, c) && out->count < HR_NAME_WORDS_MAX)
		out->words[out->count++] = (hr_name_word){
			.at = (uint16_t)out->len,
			.is_han = c->kind == HR_NAME_HAN,
			.is_given = r->is_given,
		};
	memcpy(out->text + out->len, c->text, c->len);
	out->len += c->len;
	out->words[out->count - 1].len += c->len;
	r->is_broken = false;
	r->is_han = c->kind == HR_NAME_HAN;
	r->was_lower = !c->is_upper && !r->is_han;
}

void hr_name_words_read(hr_str group, hr_name_words *out)
{
	struct reading r = { .out = out, .is_broken = true };

	out->len = 0;
	out->count = 0;
	for (size_t at = 0; at < group.len;) {
		hr_name_char c;

		at += hr_name_read(hr_str_slice(group, at, group.len), &c);
		if (c.kind == HR_NAME_NOTHING)
			continue;
		if (c.len > HR_NAME_TEXT_MAX - out->len)
			return;
		if (c.len)
			add_letter(&r, &c);
		else
			r.is_broken = true;
		if (c.kind == HR_NAME_CARET)
			r.is_given = true;
	}
}

/* A name as its units are found. */
struct units {
	const hr_name_words *words;
	hr_name_units *out;
};

static hr_str text_of(const struct units *u, size_t word)
{
	const hr_name_word *w = &u->words->words[word];

	return (hr_str){ u->words->text + w->at, w->len };
}

static hr_name_unit *add_unit(struct units *u)
{
	hr_name_unit *unit;

	if (u->out->count == HR_NAME_UNITS_MAX)
		return NULL;
	unit = &u->out->units[u->out->count++];
	unit->count = 0;
	return unit;
}

static void add_option(hr_name_unit *unit, hr_str text)
{
	for (unsigned i = 0; i < unit->count; i++)
		if (hr_str_equal(unit->options[i].text, text))
			return;
	if (unit->count < HR_NAME_OPTIONS_MAX)
		unit->options[unit->count++] = (hr_name_option){ .text = text };
}

static void add_options(hr_name_unit *unit, hr_str readings)
{
	for (hr_str reading = hr_str_next_word(&readings); reading.len;
	     reading = hr_str_next_word(&readings))
		add_option(unit, reading);
}

/* `first` are readings to be preferred. A character that has none stands for itself. */
static void add_character(struct units *u, hr_str character, hr_str first)
{
	hr_name_unit *unit = add_unit(u);
	uint32_t c = 0;

	if (!unit)
		return;
	hr_utf8_read(character, &c);
	add_options(unit, first);
	add_options(unit, hr_pinyin_of(c));
	if (unit->count == 0)
		add_option(unit, character);
}

static hr_str next_character(hr_str *han)
{
	size_t n = hr_utf8_front(*han);
	hr_str character = hr_str_slice(*han, 0, n);

	*han = hr_str_slice(*han, n, han->len);
	return character;
}

/* Of several characters: 单于 is Chan Yu, and may be Shan, whose given name begins with 于. */
static void add_compound(struct units *u, const hr_surname *surname, hr_str *han)
{
	hr_str readings = surname->readings;
	hr_str compound = hr_str_slice(*han, 0, surname->han.len);

	*han = hr_str_slice(*han, surname->han.len, han->len);
	while (compound.len)
		add_character(u, next_character(&compound), hr_str_next_word(&readings));
}

static void add_surname(struct units *u, hr_str *han, bool ends)
{
	hr_str name = *han;
	hr_str first = next_character(&name);
	const hr_surname *surname = hr_pinyin_find_surname(*han);

	if (surname && surname->han.len > first.len && (surname->han.len < han->len || !ends)) {
		add_compound(u, surname, han);
	} else {
		surname = hr_pinyin_find_surname(first);
		add_character(u, first, surname ? surname->readings : HR_STR_NONE);
		*han = name;
	}
	u->out->given = u->out->count;
}

static void add_han(struct units *u, size_t word)
{
	hr_str han = text_of(u, word);

	if (word == 0)
		add_surname(u, &han, u->words->count == 1);
	while (han.len)
		add_character(u, next_character(&han), HR_STR_NONE);
}

/* A word is one unit, however it is split: the text is the same. */
static void add_word(struct units *u, hr_str word, const hr_pinyin_split *splits, size_t count)
{
	hr_name_unit *unit = add_unit(u);

	if (!unit)
		return;
	add_option(unit, word);
	for (size_t i = 0; i < count; i++)
		unit->options[i] = (hr_name_option){ .text = word, .split = splits[i] };
	if (count)
		unit->count = (unsigned)count;
}

static void add_letters(struct units *u, size_t word)
{
	hr_pinyin_split splits[HR_PINYIN_SPLITS_MAX];
	hr_str text = text_of(u, word);
	size_t count = hr_pinyin_split_word(text, splits);
	size_t surname;

	if (u->words->count > 1 || count == 0 || splits[0].count == 1) {
		add_word(u, text, splits, count);
		return;
	}
	/* ZHANGJIANGUO and no more: the surname is its first syllable. */
	surname = splits[0].lengths[0];
	add_word(u, hr_str_slice(text, 0, surname), NULL, 0);
	u->out->given = u->out->count;
	text = hr_str_slice(text, surname, text.len);
	add_word(u, text, splits, hr_pinyin_split_word(text, splits));
}

static void limit_readings(hr_name_units *units)
{
	for (;;) {
		uint64_t product = 1;
		hr_name_unit *richest = &units->units[0];

		for (size_t i = 0; i < units->count; i++) {
			product *= units->units[i].count;
			if (units->units[i].count >= richest->count)
				richest = &units->units[i];
		}
		if (product <= HR_NAME_READINGS_MAX)
			return;
		richest->count--;
	}
}

/*
 * Does the given name begin with it? Behind a caret, else with the second word,
 * unless that is what stands behind one: 张建国2.
 */
static bool is_given(const hr_name_word *word, size_t index)
{
	const hr_name_word *before = word - 1;

	return word->is_given != before->is_given || (index == 1 && word->is_han == before->is_han);
}

void hr_name_units_read(const hr_name_words *words, hr_name_units *out)
{
	struct units u = { .words = words, .out = out };

	out->count = 0;
	out->given = 0;
	for (size_t i = 0; i < words->count; i++) {
		if (i && is_given(&words->words[i], i))
			out->given = out->count;
		if (words->words[i].is_han)
			add_han(&u, i);
		else
			add_letters(&u, i);
	}
	limit_readings(out);
}
