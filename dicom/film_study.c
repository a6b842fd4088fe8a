#include "dicom/film_study.h"

static const hr_str words[HR_FILM_STATES] = {
	[HR_FILM_HELD] = HR_STR_INIT("held"),
	[HR_FILM_PUBLISHED] = HR_STR_INIT("published"),
	[HR_FILM_WITHDRAWN] = HR_STR_INIT("withdrawn"),
};

hr_str hr_film_state_word(hr_film_state state)
{
	return words[state];
}

bool hr_film_state_of(hr_str word, hr_film_state *out)
{
	for (int i = 0; i < HR_FILM_STATES; i++)
		if (hr_str_equal(word, words[i])) {
			*out = (hr_film_state)i;
			return true;
		}
	return false;
}
