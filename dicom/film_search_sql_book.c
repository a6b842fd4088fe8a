#include "dicom/film_search_sql_book.h"

#include "store/store.h"

/* --- instances --- */

#define INSTANCE_COLUMN(tag, keyword, kind, column) "i." #column ", "

#define INSTANCE_COLUMNS                                                                           \
	HR_FILM_INSTANCE_ATTRIBUTES(INSTANCE_COLUMN) "i.uid, i.availability, c.shown, c.more"

#define LIST_INSTANCES(where)                                                                      \
	"SELECT " INSTANCE_COLUMNS " FROM (SELECT patient, study, series, place, uid FROM "        \
	"film_instance i WHERE patient = $1 AND study = $2 AND series = $3" where                  \
	" ORDER BY place, uid LIMIT $4 OFFSET $5) k JOIN film_instance i ON i.patient = "          \
	"k.patient AND i.study = k.study AND i.series = k.series AND i.place = k.place AND i.uid " \
	"= k.uid JOIN film_content c ON c.patient = k.patient AND c.study = k.study AND c.series " \
	"= k.series AND c.place = k.place AND c.uid = k.uid ORDER BY k.place, k.uid"

/* Of those in front of the page nothing but the index is read; of parts, their rows are. */
const hr_sql hr_film_sql_list_instances = HR_SQL(LIST_INSTANCES(""), "biiii");
const hr_sql hr_film_sql_list_parts =
	HR_SQL(LIST_INSTANCES(" AND " HR_FILM_IN_PARTS("$6")), "biiiii");

/* --- series --- */

#define SERIES_COLUMN(tag, keyword, kind, column) "r." #column ", "

#define SERIES_COLUMNS HR_FILM_SERIES_ATTRIBUTES(SERIES_COLUMN) "r.series, r.uid, "
#define LIST_SERIES(count, where)                                                                  \
	"SELECT " SERIES_COLUMNS count                                                             \
	", t.shown, t.more FROM film_series r JOIN film_text t ON t.patient = r.patient AND "      \
	"t.study = r.study AND t.series = r.series WHERE r.patient = $1 AND r.study = $2" where    \
	" ORDER BY r.place, r.uid"
#define OF_SERIES                                                                                  \
	"FROM film_instance i WHERE i.patient = r.patient AND i.study = r.study AND i.series = "   \
	"r.series AND " HR_FILM_IN_PARTS("$3")

const hr_sql hr_film_sql_list_series = HR_SQL(LIST_SERIES("r.instance_count", ""), "bi");
const hr_sql hr_film_sql_list_series_of_parts = HR_SQL(
	LIST_SERIES("(SELECT COUNT(*) " OF_SERIES ")", " AND EXISTS (SELECT 1 " OF_SERIES ")"),
	"bii");

/* --- studies --- */

#define STUDY_COLUMN(tag, keyword, kind, column) "s." #column ", "

#define STUDY_COLUMNS                                                                              \
	HR_FILM_STUDY_ATTRIBUTES(STUDY_COLUMN)                                                     \
	"s.patient, s.study, s.age, s.uid, s.modalities, s.series_count, s.instance_count, "       \
	"s.availability, t.shown, t.more"

#define STUDIES(candidates)                                                                        \
	"SELECT " STUDY_COLUMNS " FROM (" candidates ") k JOIN film_study s ON s.patient = "       \
	"k.patient AND s.study = k.study JOIN film_text t ON t.patient = k.patient AND t.study = " \
	"k.study AND t.series = 0 ORDER BY k.age, k.uid"

/* One column after the other: (age, uid) as one value is what both engines find in an index. */
#define PAGE                                                                                       \
	"(age, uid) > ($1, $2) AND age <= $3 ORDER BY age, uid LIMIT $4 "                          \
	"OFFSET $5"

const hr_sql hr_film_sql_by_age =
	HR_SQL(STUDIES("SELECT age, uid, patient, study FROM film_study WHERE " PAGE), "itiii");
const hr_sql hr_film_sql_by_key =
	HR_SQL(STUDIES("SELECT age, uid, patient, study FROM film_key WHERE kind = $6 AND key = $7 "
		       "AND " PAGE),
	       "itiiiit");
const hr_sql hr_film_sql_by_span = HR_SQL(
	STUDIES("SELECT DISTINCT age, uid, patient, study FROM film_key WHERE kind = $6 AND key >= "
		"$7 AND key < $8 AND key LIKE $9 AND " PAGE),
	"itiiiittt");

const hr_sql hr_film_sql_by_part = HR_SQL(
	STUDIES("SELECT age, uid, patient, study FROM film_study f WHERE EXISTS (SELECT 1 FROM "
		"film_key n WHERE n.patient = f.patient AND n.study = f.study AND n.kind = $6 AND "
		"n.key >= $7 AND n.key < $8 AND n.key LIKE $9) AND " PAGE),
	"itiiiittt");

/* One has few enough to be put in order. */
const hr_sql hr_film_sql_by_patient =
	HR_SQL(STUDIES("SELECT age, uid, patient, study FROM film_study s WHERE "
		       "s.patient = $6 AND s.state = 1"
		       " AND " PAGE),
	       "itiiib");

static const hr_sql by_uid[] = {
	HR_SQL(STUDIES("SELECT age, uid, patient, study FROM film_study WHERE uid = $1"), "t"),
	HR_SQL(STUDIES("SELECT DISTINCT b.age, b.uid, b.patient, b.study FROM film_series a JOIN "
		       "film_study b ON b.patient = a.patient AND b.study = a.study WHERE a.uid = "
		       "$1"),
	       "t"),
	HR_SQL(STUDIES("SELECT b.age, b.uid, b.patient, b.study FROM film_instance a JOIN "
		       "film_study b ON b.patient = a.patient AND b.study = a.study WHERE a.uid = "
		       "$1"),
	       "t"),
};
const hr_sql *const hr_film_sql_by_uid[] = { &by_uid[0], &by_uid[1], &by_uid[2] };
