/* Acts of the command with shares. */
#include "service/film_acts_parts.h"

#include "service/share_json.h"

enum { EVENTS_MAX = 1000 };

static bool read_wish(hr_film_asked *asked, hr_share_wish *out, hr_error *err)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root;
	bool ok;

	if (!parser)
		return hr_fail_memory(err);
	ok = hr_json_read(parser, asked->words[0], asked->arena, &root, err) &&
	     hr_share_wish_read(root, asked->at, asked->arena, out, err);
	hr_json_parser_close(parser);
	out->actor = asked->act->who;
	return ok;
}

static void tell_made(hr_film_asked *asked, const char *name, const char *secret,
		      const hr_share *share)
{
	hr_json_writer w;

	hr_json_writer_init(&w, &asked->out, false);
	hr_json_open_object(&w);
	hr_json_member(&w, hr_str_of(name), hr_str_of(secret));
	hr_json_name(&w, HR_STR("share"));
	hr_share_write(&w, share);
	hr_json_close_object(&w);
}

bool hr_act_share(hr_film_asked *asked, hr_error *err)
{
	char secret[HR_SHARE_SECRET_TEXT];
	hr_share_wish wish;
	hr_share share;

	if (!read_wish(asked, &wish, err) ||
	    !hr_share_create(asked->films, &wish, asked->at, asked->arena, secret, &share, err))
		return false;
	tell_made(asked, "secret", secret, &share);
	return true;
}

bool hr_act_pickup(hr_film_asked *asked, hr_error *err)
{
	char code[HR_PICKUP_TEXT];
	hr_share_wish wish;
	hr_share share;

	if (!read_wish(asked, &wish, err) ||
	    !hr_pickup_create(asked->films, &wish, asked->at, asked->arena, code, &share, err))
		return false;
	tell_made(asked, "code", code, &share);
	return true;
}

static bool tell_all(hr_film_asked *asked, hr_json_writer *w, hr_error *err)
{
	hr_share *shares;
	size_t count;

	if (!hr_share_list(asked->films, NULL, asked->at, asked->arena, &shares, &count, err))
		return false;
	hr_json_open_array(w);
	for (size_t i = 0; i < count; i++)
		hr_share_write(w, &shares[i]);
	hr_json_close_array(w);
	return true;
}

bool hr_act_shares(hr_film_asked *asked, hr_error *err)
{
	hr_json_writer w;
	hr_share share;

	hr_json_writer_init(&w, &asked->out, false);
	if (asked->words[0].len == 0)
		return tell_all(asked, &w, err);
	if (!hr_share_get(asked->films, asked->words[0], NULL, asked->at, asked->arena, &share,
			  err))
		return false;
	hr_share_write(&w, &share);
	return true;
}

bool hr_act_share_revoke(hr_film_asked *asked, hr_error *err)
{
	return hr_share_revoke(asked->films, asked->words[0], NULL, asked->act->who,
			       asked->words[1], asked->at, err);
}

bool hr_act_share_log(hr_film_asked *asked, hr_error *err)
{
	hr_share_event *events;
	hr_json_writer w;
	size_t count;

	if (!hr_share_log(asked->films, asked->words[0], NULL, EVENTS_MAX, asked->arena, &events,
			  &count, err))
		return false;
	hr_json_writer_init(&w, &asked->out, false);
	hr_json_open_array(&w);
	for (size_t i = 0; i < count; i++)
		hr_share_event_write(&w, &events[i]);
	hr_json_close_array(&w);
	return true;
}
