/*
 * Index and bytes against each other. What the index knows must be there; what
 * is there and not known to it is what a crash left behind. Nothing may be
 * coming in while the second is removed: of an object whose row is on its way
 * the index knows nothing yet.
 */
#include "service/film_acts_parts.h"

#include "dicom/film_walk_book.h"

#include <unistd.h>

enum { NAMED_MAX = 1000 }; /* objects that are told by name */

struct checking {
	hr_film_asked *asked;
	hr_json_writer *w;
	bool deep;
	bool repair;
	uint64_t known;
	uint64_t faults;
	uint64_t unknown;
	uint64_t removed;
};

static bool is_there(const struct checking *c, const hr_object *object, hr_error *err)
{
	int fd;

	if (c->deep)
		return hr_objects_check(c->asked->films->objects, object, err);
	if (!hr_objects_get(c->asked->films->objects, object, &fd, err))
		return false;
	close(fd);
	return true;
}

static bool look_at_known(void *context, const hr_object *object, hr_error *err)
{
	struct checking *c = context;
	char digest[HR_SHA256_TEXT];
	hr_error why;

	if (!hr_control_goes_on(c->asked->act, err))
		return false;
	c->known++;
	if (is_there(c, object, &why))
		return true;
	if (c->faults++ < NAMED_MAX) {
		hr_json_open_object(c->w);
		hr_act_text(c->w, "object", hr_digest_format(&object->digest, digest));
		hr_act_number(c->w, "shelf", object->shelf);
		hr_act_text(c->w, "error", hr_str_of(hr_error_word(why.code)));
		hr_json_close_object(c->w);
	}
	return true;
}

static bool look_at_object(void *context, const hr_object *object, hr_error *err)
{
	struct checking *c = context;
	bool known = false;

	if (!hr_control_goes_on(c->asked->act, err) ||
	    !hr_film_knows(c->asked->films->store, object, &known, err))
		return false;
	c->unknown += !known;
	if (known || !c->repair)
		return true;
	if (!hr_objects_remove(c->asked->films->objects, object, err))
		return false;
	c->removed++;
	return true;
}

bool hr_act_check(hr_film_asked *asked, hr_error *err)
{
	hr_json_writer w;
	struct checking c = {
		.asked = asked,
		.w = &w,
		.deep = asked->words[0].len > 0,
		.repair = asked->words[1].len > 0,
	};

	if (c.repair && asked->films->is_shared)
		return hr_fail(err, HR_E_BUSY,
			       "while a service takes films in, nobody can say what is left over");
	hr_json_writer_init(&w, &asked->out, false);
	hr_json_open_object(&w);
	hr_json_name(&w, HR_STR("faults"));
	hr_json_open_array(&w);
	if (!hr_film_walk(asked->films->store, look_at_known, &c, err))
		return false;
	hr_json_close_array(&w);
	if (!hr_objects_sweep(asked->films->objects, look_at_object, &c, err))
		return false;
	hr_act_number(&w, "objects", c.known);
	hr_act_number(&w, "faulty", c.faults);
	hr_act_number(&w, "unknown", c.unknown);
	hr_act_number(&w, "removed", c.removed);
	hr_json_close_object(&w);
	return true;
}
