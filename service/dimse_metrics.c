#include "service/dimse.h"

#include "service/metrics.h"

enum { LABEL_BYTES = 64 };

hr_str hr_association_word(hr_association_verdict verdict)
{
	static const hr_str words[] = {
		[HR_ASSOCIATION_TAKEN] = HR_STR_INIT("taken"),
		[HR_ASSOCIATION_WRONG_CALLED] = HR_STR_INIT("wrong-called"),
		[HR_ASSOCIATION_WRONG_CALLING] = HR_STR_INIT("wrong-calling"),
		[HR_ASSOCIATION_BUSY] = HR_STR_INIT("busy"),
	};

	return words[verdict];
}

struct family {
	const char *name;
	const char *help;
	const char *label;
};

static void add(hr_buf *out, const struct family *family, hr_str word,
		const atomic_uint_fast64_t *counter)
{
	char text[LABEL_BYTES];
	hr_buf buf;

	hr_buf_init_over(&buf, text, sizeof(text));
	hr_buf_addf(&buf, "%s=\"%.*s\"", family->label, HR_STR_ARG(word));
	hr_metrics_add_sample(out, family->name, hr_buf_str(&buf), (int64_t)atomic_load(counter));
}

static void add_associations(hr_buf *out, const hr_dimse_counts *counts)
{
	static const struct family family = { "huren_dicom_associations_total",
					      "Associations asked for, by what became of them.",
					      "what" };

	hr_metrics_add_head(out, "huren_dicom_associations", "gauge", "Associations open.");
	hr_metrics_add_sample(out, "huren_dicom_associations", HR_STR_NONE,
			      (int64_t)atomic_load(&counts->associations));
	hr_metrics_add_head(out, family.name, "counter", family.help);
	for (int i = 0; i <= HR_ASSOCIATION_BUSY; i++)
		add(out, &family, hr_association_word((hr_association_verdict)i),
		    &counts->verdicts[i]);
	add(out, &family, HR_STR("broken"), &counts->broken);
}

static void add_objects(hr_buf *out, const hr_dimse_counts *counts)
{
	static const hr_str puts[] = {
		[HR_FILM_NEW] = HR_STR_INIT("new"),
		[HR_FILM_HAD] = HR_STR_INIT("had"),
	};
	static const struct family kept = { "huren_dicom_objects_total",
					    "Objects acknowledged: new, or kept before.", "what" };
	static const struct family refused = { "huren_dicom_refused_total",
					       "Objects refused, by the reason.", "code" };

	hr_metrics_add_head(out, kept.name, "counter", kept.help);
	for (size_t i = 0; i < sizeof(puts) / sizeof(puts[0]); i++)
		add(out, &kept, puts[i], &counts->puts[i]);
	hr_metrics_add_head(out, refused.name, "counter", refused.help);
	for (int i = 1; i < HR_E_COUNT; i++)
		if (atomic_load(&counts->refused[i]))
			add(out, &refused, hr_str_of(hr_error_word((hr_error_code)i)),
			    &counts->refused[i]);
}

void hr_dimse_add_metrics(hr_buf *out, const hr_dimse_counts *counts)
{
	add_associations(out, counts);
	add_objects(out, counts);
	hr_metrics_add_head(out, "huren_dicom_commitments_total", "counter",
			    "Storage commitments answered.");
	hr_metrics_add_sample(out, "huren_dicom_commitments_total", HR_STR_NONE,
			      (int64_t)atomic_load(&counts->commitments));
}
