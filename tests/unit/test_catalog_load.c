#include "catalog/load.h"

#include "catalog_fixture.h"

#define NS "xmlns='urn:huren:catalogue:1' source='made up' grade='synthetic'"

/* The small catalogue with one more file, and an overlay of one file; each may be NULL. */
static bool build(const char *shared, const char *local, hr_catalog **out, hr_error *err)
{
	hr_arena *arena = hr_test_arena();
	hr_fileset files = fixture_files(arena, SMALL_CATALOG, shared ? "zz.xml" : NULL, shared);
	hr_fileset overlay = fixture_files(arena, NULL, local ? "own.xml" : NULL, local);
	bool ok = hr_catalog_build(&files, &overlay, HR_STR("test"), (hr_instant){ 7 }, out, err);

	hr_arena_close(arena);
	return ok;
}

static void assert_refused(const char *shared, const char *local, const char *message)
{
	hr_catalog *catalog = NULL;
	hr_error err = { 0 };

	CU_ASSERT_FALSE(build(shared, local, &catalog, &err));
	CU_ASSERT_PTR_NULL(catalog);
	CU_ASSERT_EQUAL(err.code, HR_E_CATALOG);
	HR_ASSERT_TEXT(hr_str_of(err.message), message);
	hr_catalog_unref(catalog);
}

static void test_build__small_catalogue__holds_every_record(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);

	CU_ASSERT_EQUAL(hr_catalog_document_count(catalog), 2);
	CU_ASSERT_EQUAL(hr_catalog_item_count(catalog), 16);
	CU_ASSERT_EQUAL(hr_catalog_institution_count(catalog), 4);
	CU_ASSERT_EQUAL(hr_catalog_regime_count(catalog), 4);
	CU_ASSERT_EQUAL(hr_catalog_window_count(catalog), 6);
	CU_ASSERT_EQUAL(hr_catalog_mark_count(catalog), 4);
	CU_ASSERT_EQUAL(hr_catalog_situation_count(catalog), 2);
	CU_ASSERT_TRUE(hr_catalog_has_synthetic(catalog));
	CU_ASSERT_TRUE(hr_catalog_bytes(catalog) > 0);
	HR_ASSERT_TEXT(hr_catalog_id(catalog), "folder");
	hr_catalog_unref(catalog);
}

static void test_build__no_files__is_an_empty_catalogue(void)
{
	hr_fileset none = { 0 };
	hr_catalog *catalog = NULL;
	hr_institution_id institution;
	hr_code_relation relation;
	const hr_origin *origin;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_build(&none, NULL, HR_STR("v1"), (hr_instant){ 7 }, &catalog, &err),
		     err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(catalog);
	HR_ASSERT_TEXT(hr_catalog_id(catalog), "v1");
	CU_ASSERT_EQUAL(hr_catalog_known_at(catalog).second, 7);
	CU_ASSERT_EQUAL(hr_catalog_item_count(catalog), 0);
	CU_ASSERT_FALSE(hr_catalog_has_synthetic(catalog));
	CU_ASSERT_EQUAL(hr_catalog_find_item(catalog, HR_STR("TSH")), HR_ID_NONE);
	CU_ASSERT_EQUAL(hr_catalog_find_item_by_loinc(catalog, HR_STR("3016-3"), &relation),
			HR_ID_NONE);
	CU_ASSERT_EQUAL(hr_catalog_find_item_by_local_code(catalog, HR_ID_NONE, HR_STR_NONE,
							   HR_STR("1"), &origin),
			HR_ID_NONE);
	CU_ASSERT_EQUAL(hr_catalog_find_institutions_by_name(catalog, HR_STR("某医院"),
							     fixture_day("2024-01-01"),
							     &institution, 1),
			0);
	CU_ASSERT_EQUAL(hr_catalog_find_unit(catalog, HR_STR("g/L")), HR_UNIT_UNKNOWN);
	hr_catalog_unref(catalog);
}

static void test_origin__left_out__is_that_of_the_root(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	const hr_regime *own = fixture_regime(catalog, "jjj-lab");
	const hr_regime *inherited = fixture_regime(catalog, "heart");

	HR_ASSERT_TEXT(own->origin.source, "notice");
	CU_ASSERT_EQUAL(own->origin.grade, HR_GRADE_OFFICIAL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(own->origin.document);
	HR_ASSERT_TEXT(own->origin.document->id, "gwyf-2022-6");
	HR_ASSERT_TEXT(inherited->origin.source, "made up for tests");
	CU_ASSERT_EQUAL(inherited->origin.grade, HR_GRADE_SYNTHETIC);
	CU_ASSERT_PTR_NULL(inherited->origin.document);
	HR_ASSERT_TEXT(inherited->origin.file, "regimes.xml");
	CU_ASSERT_EQUAL(inherited->origin.line, 18);
	CU_ASSERT_EQUAL(inherited->origin.column, 3);
	HR_ASSERT_TEXT(hr_catalog_get_situation(catalog, 0)->origin.document->number,
		       "国卫医发〔2022〕6号");
	/* A list has the origin of its file, not of the regime around it. */
	CU_ASSERT_EQUAL(own->lists[0].origin.grade, HR_GRADE_SYNTHETIC);
	hr_catalog_unref(catalog);
}

static void test_period__last_day__is_included(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	const hr_document *rule = hr_catalog_get_document(catalog, 0);
	const hr_document *made_up = hr_catalog_get_document(catalog, 1);

	CU_ASSERT_EQUAL(rule->period.from.day, fixture_day("2022-03-01").day);
	CU_ASSERT_EQUAL(rule->period.to.day, HR_DATE_MAX.day);
	/* Issued, and no day from which it holds. */
	CU_ASSERT_EQUAL(made_up->period.from.day, fixture_day("2024-01-01").day);
	CU_ASSERT_EQUAL(made_up->period.to.day, fixture_day("2026-01-01").day);
	hr_catalog_unref(catalog);
}

static void test_institution__parts__are_all_there(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	const hr_institution *first =
		hr_catalog_get_institution(catalog, fixture_institution(catalog, "400000001"));
	const hr_institution *island = hr_catalog_get_institution(
		catalog, fixture_institution(catalog, "x-island-clinic"));

	HR_ASSERT_TEXT(first->key, "121100004000000014");
	HR_ASSERT_TEXT(first->level, "三级甲等");
	CU_ASSERT_EQUAL_FATAL(first->name_count, 2);
	HR_ASSERT_TEXT(first->names[1].name, "示范一院");
	CU_ASSERT_EQUAL_FATAL(first->campus_count, 2);
	HR_ASSERT_TEXT(first->campuses[1].name, "西院");
	CU_ASSERT_EQUAL_FATAL(first->oid_count, 1);
	HR_ASSERT_TEXT(first->oids[0], "1.2.156.112606");
	CU_ASSERT_TRUE(hr_str_is_empty(island->uscc));
	CU_ASSERT_EQUAL_FATAL(island->alliance_count, 2);
	HR_ASSERT_TEXT(island->alliances[1], "sea");
	hr_catalog_unref(catalog);
}

static void test_item__specimens_are_folded_and_unit_classes_are_bits(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	const hr_item *glucose = hr_catalog_get_item(catalog, fixture_item(catalog, "GLU"));
	const hr_item *inr = hr_catalog_get_item(catalog, fixture_item(catalog, "INR"));
	const hr_item *elbow = hr_catalog_get_item(catalog, fixture_item(catalog, "DX-ELBOW"));

	CU_ASSERT_EQUAL_FATAL(glucose->specimen_count, 2);
	HR_ASSERT_TEXT(glucose->specimens[1], "plasma");
	CU_ASSERT_EQUAL(glucose->unit_classes, 1u << HR_UNIT_SUBSTANCE);
	CU_ASSERT_EQUAL(inr->unit_classes, 1u << HR_UNIT_NONE | 1u << HR_UNIT_FRACTION);
	CU_ASSERT_EQUAL(elbow->kind, HR_KIND_EXAM);
	HR_ASSERT_TEXT(elbow->laterality, "L");
	HR_ASSERT_TEXT(elbow->position, "AP");
	CU_ASSERT_TRUE(hr_str_is_empty(elbow->contrast));
	hr_catalog_unref(catalog);
}

static void test_marks__say_where_and_whose(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	const hr_mark *report = hr_catalog_get_mark(catalog, 0);
	const hr_mark *star = hr_catalog_get_mark(catalog, 1);
	const hr_mark *nation = hr_catalog_get_mark(catalog, 3);

	CU_ASSERT_PTR_EQUAL(report->regime, fixture_regime(catalog, "jjj-lab"));
	CU_ASSERT_EQUAL(report->where, HR_MARK_REPORT);
	CU_ASSERT_PTR_NULL(star->regime);
	HR_ASSERT_TEXT(star->region, "11");
	CU_ASSERT_EQUAL(star->where, HR_MARK_ITEM_PREFIX);
	CU_ASSERT_PTR_NULL(nation->regime);
	CU_ASSERT_TRUE(hr_str_is_empty(nation->region));
	hr_catalog_unref(catalog);
}

static void test_grants__equal_items__are_stored_once(void)
{
	hr_catalog *catalog = NULL;
	const hr_regime *regime;
	hr_error err;

	HR_ASSERT_OK(build("<grants " NS " regime='heart'>"
			   "<grant institution='121100004000000014' items='TSH GLU'/>"
			   "<grant institution='12120000400000002B' items='GLU TSH'/></grants>",
			   NULL, &catalog, &err),
		     err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(catalog);
	regime = fixture_regime(catalog, "heart");
	CU_ASSERT_PTR_EQUAL(hr_catalog_get_grant(catalog, regime, 0)->items,
			    hr_catalog_get_grant(catalog, regime, 1)->items);
	hr_catalog_unref(catalog);
}

static void test_build__files_in_any_order__give_the_same(void)
{
	hr_arena *arena = hr_test_arena();
	hr_fileset files = fixture_files(arena, SMALL_CATALOG, NULL, NULL);
	hr_file *reversed = HR_NEW_N(arena, hr_file, files.count);
	hr_fileset backwards = { reversed, files.count };
	hr_catalog *catalog = NULL;
	hr_error err;

	for (size_t i = 0; i < files.count; i++)
		reversed[i] = files.files[files.count - 1 - i];
	HR_ASSERT_OK(
		hr_catalog_build(&backwards, NULL, HR_STR("b"), (hr_instant){ 0 }, &catalog, &err),
		err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(catalog);
	CU_ASSERT_EQUAL(hr_catalog_grant_count(catalog, fixture_regime(catalog, "jjj-lab")), 4);
	hr_catalog_unref(catalog);
	hr_arena_close(arena);
}

static void test_build__prolog_comment_and_prefix__do_not_hide_the_root(void)
{
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(build("\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <items> -->\n<?p q?>\n"
			   "<c:situations xmlns:c='urn:huren:catalogue:1' source='s' "
			   "grade='local'><c:situation code='7' text='x'/></c:situations>",
			   NULL, &catalog, &err),
		     err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(catalog);
	CU_ASSERT_EQUAL(hr_catalog_situation_count(catalog), 3);
	hr_catalog_unref(catalog);
}

/* Each is refused where it is wrong. */
static const struct {
	const char *file;
	const char *message;
} bad_files[] = {
	/* the file */
	{ "", "zz.xml:1:1: the document is empty" },
	{ "<items " NS "><lab>", NULL },
	{ "<!DOCTYPE items><items " NS "/>", NULL },
	{ "<shops " NS "/>", "zz.xml:1:1: <shops> in namespace 'urn:huren:catalogue:1' is not a "
			     "root of a catalogue's files" },
	{ "<items/>", "zz.xml:1:1: <items> in namespace '' is not a root of a catalogue's files" },
	{ "<code-map " NS " institution='121100004000000014'/>",
	  "zz.xml:1:1: <code-map> cannot stand in a shared catalogue" },
	{ "<regions " NS ">\n  <city/>\n</regions>",
	  "zz.xml:2:3: <city> does not belong into <regions>" },
	{ "<regions " NS "><region code='990000' name='x'><name/></region></regions>",
	  "zz.xml:1:106: <name> does not belong into <region>" },
	{ "<situations " NS "><situation code='9' text='x' form='y'/></situations>",
	  "zz.xml:1:78: <situation> has no attribute 'form'" },
	{ "<situations " NS " institution='y'/>",
	  "zz.xml:1:1: <situations> has no attribute 'institution'" },
	/* provenance */
	{ "<situations xmlns='urn:huren:catalogue:1' source='s'>\n<situation code='9' text='x'/>"
	  "</situations>",
	  "zz.xml:2:1: neither <situation> nor its root has a grade" },
	{ "<situations xmlns='urn:huren:catalogue:1' grade='local'>\n<situation code='9' "
	  "text='x'/></situations>",
	  "zz.xml:2:1: neither <situation> nor its root has a source" },
	{ "<situations " NS " document='nowhere'/>",
	  "zz.xml:1:1: document 'nowhere' is not known" },
	{ "<situations xmlns='urn:huren:catalogue:1' source='s' grade='best'/>",
	  "zz.xml:1:1: 'grade' cannot be 'best'" },
	/* values */
	{ "<situations " NS ">\n<situation text='x'/></situations>",
	  "zz.xml:2:1: <situation> needs 'code'" },
	{ "<situations " NS ">\n<situation code='9' text=' '/></situations>",
	  "zz.xml:2:1: 'text' is empty" },
	{ "<situations " NS ">\n<situation code='a b' text='x'/></situations>",
	  "zz.xml:2:1: 'a b' is not a code" },
	{ "<situations " NS ">\n<situation code='9' text='x' needs-text='yes'/></situations>",
	  "zz.xml:2:1: 'needs-text' cannot be 'yes'" },
	{ "<situations " NS ">\n<situation code='6' text='x'/></situations>",
	  "zz.xml:2:1: situation '6' is declared twice" },
	{ "<regions " NS ">\n<region code='11' name='x'/></regions>",
	  "zz.xml:2:1: region '11' is not six digits" },
	{ "<regions " NS ">\n<region code='110000' name='x'/></regions>",
	  "zz.xml:2:1: region '110000' is declared twice" },
	{ "<documents xmlns='urn:huren:catalogue:1'>\n<document id='made-up' title='x'/>"
	  "</documents>",
	  "zz.xml:2:1: document 'made-up' is declared twice" },
	{ "<documents xmlns='urn:huren:catalogue:1'>\n<document id='d' title='x' "
	  "issued='2024-02-30'/></documents>",
	  "zz.xml:2:1: issued '2024-02-30' is not a day" },
	/* units and items */
	{ "<units " NS ">\n<unit ucum='％' class='mass'/></units>",
	  "zz.xml:2:1: unit '%' is of two classes" },
	{ "<units " NS ">\n<unit ucum='x'/></units>", "zz.xml:2:1: <unit> needs a 'class'" },
	{ "<units " NS ">\n<unit ucum='x' class='weight'/></units>",
	  "zz.xml:2:1: 'class' cannot be 'weight'" },
	{ "<items " NS ">\n<lab code='TSH' name='x' unit-class='mass'/></items>",
	  "zz.xml:2:1: item 'TSH' is declared twice" },
	{ "<items " NS ">\n<lab code='all' name='x' unit-class='mass'/></items>",
	  "zz.xml:2:1: an item's code cannot be 'all'" },
	{ "<items " NS ">\n<lab code='N' name='x' unit-class='mass weight'/></items>",
	  "zz.xml:2:1: 'weight' is not a class of units" },
	{ "<items " NS ">\n<lab code='N' name='x'/></items>",
	  "zz.xml:2:1: <lab> needs 'unit-class'" },
	{ "<items " NS ">\n<lab code='N' name='x' unit-class='mass' loinc='3016-3'/></items>",
	  "zz.xml:2:1: LOINC code '3016-3' is declared twice" },
	{ "<items " NS ">\n<lab code='N' name='x' unit-class='mass'>\n<sibling loinc='1-8'/></lab>"
	  "</items>",
	  "zz.xml:3:1: <sibling> needs 'differs': unit or specimen" },
	{ "<items " NS ">\n<exam code='N' name='x'/></items>",
	  "zz.xml:2:1: <exam> needs 'modality'" },
	{ "<items " NS ">\n<exam code='N' name='x' modality='CT' contrast='some'/></items>",
	  "zz.xml:2:1: 'contrast' cannot be 'some'" },
	/* institutions */
	{ "<institutions " NS ">\n<institution name='x' region='110000'/></institutions>",
	  "zz.xml:2:1: <institution> needs one of 'uscc' and 'key'" },
	{ "<institutions " NS ">\n<institution uscc='1' name='x' region='110000'/></institutions>",
	  "zz.xml:2:1: 'uscc' is not 18 characters long" },
	{ "<institutions " NS ">\n<institution key='y' name='x' region='110000'/></institutions>",
	  "zz.xml:2:1: 'key' does not begin with 'x-'" },
	{ "<institutions " NS ">\n<institution key='x-1' name='x' region='110000' "
	  "org-code='400000001'/></institutions>",
	  "zz.xml:2:1: institution code '400000001' is declared twice" },
	{ "<institutions " NS ">\n<institution key='x-1' name='x' region='110000'>\n"
	  "<oid root='1.2.156.112606'/></institution></institutions>",
	  "zz.xml:3:1: OID root '1.2.156.112606' is declared twice" },
	{ "<institutions " NS ">\n<institution key='x-1' name='x' region='110000'>\n"
	  "<name from='2020-01-02' to='2020-01-01'>y</name></institution></institutions>",
	  "zz.xml:3:1: 'to' is before 'from'" },
	/* regimes */
	{ "<regimes " NS ">\n<regime id='r' name='x'/></regimes>",
	  "zz.xml:2:1: <regime> needs one <members>, not 0" },
	{ "<regimes " NS ">\n<regime id='heart' name='x'><members/></regime></regimes>",
	  "zz.xml:2:1: regime 'heart' is declared twice" },
	{ "<regimes " NS
	  ">\n<regime id='r' name='x'>\n<members regions='11 1'/></regime></regimes>",
	  "zz.xml:3:1: region '1' is not two, four or six digits" },
	{ "<regimes " NS ">\n<regime id='r' name='x'>\n<members institutions='x-9'/></regime>"
	  "</regimes>",
	  "zz.xml:3:1: institution 'x-9' is not known" },
	{ "<regimes " NS ">\n<regime id='r' name='x'><members/>\n<item-list items='all'/></regime>"
	  "</regimes>",
	  "zz.xml:3:1: <item-list> needs 'status': complete or partial" },
	{ "<regimes " NS ">\n<regime id='r' name='x'><members/>\n<item-list status='complete'/>"
	  "</regime></regimes>",
	  "zz.xml:3:1: a complete <item-list> needs 'items'" },
	{ "<regimes " NS ">\n<regime id='r' name='x'><members/>\n<item-list status='partial' "
	  "items='TSH all'/></regime></regimes>",
	  "zz.xml:3:1: item 'all' is not known" },
	{ "<regimes " NS ">\n<regime id='r' name='x'><members/>\n<item-list status='partial' "
	  "expected='0'/></regime></regimes>",
	  "zz.xml:3:1: expected '0' is not 1 to 1000000" },
	/* grants */
	{ "<grants " NS "/>", "zz.xml:1:1: <grants> needs 'regime'" },
	{ "<grants " NS " regime='r'><grant/></grants>", "zz.xml:1:1: regime 'r' is not known" },
	{ "<grants " NS " regime='heart'>\n<grant institution='x-9' items='TSH'/></grants>",
	  "zz.xml:2:1: institution 'x-9' is not known" },
	/* Referred to by its key alone. */
	{ "<grants " NS " regime='heart'>\n<grant institution='400000001' items='TSH'/></grants>",
	  "zz.xml:2:1: institution '400000001' is not known" },
	{ "<grants " NS " regime='heart'>\n<grant institution='121100004000000014'/></grants>",
	  "zz.xml:2:1: <grant> needs 'items'" },
	{ "<grants " NS " regime='heart'>\n<grant institution='121100004000000014' items='TSH NO'/>"
	  "</grants>",
	  "zz.xml:2:1: item 'NO' is not known" },
	{ "<grants " NS " regime='heart'>\n<grant institution='121100004000000014' items='TSH' "
	  "campus='north'/></grants>",
	  "zz.xml:2:1: campus 'north' is not known" },
	{ "<grants " NS " regime='heart'>\n<grant institution='121100004000000014' items='TSH' "
	  "withdrawn='yesterday'/></grants>",
	  "zz.xml:2:1: withdrawn 'yesterday' is not a day" },
	/* windows */
	{ "<windows " NS "/>", "zz.xml:1:1: <windows> needs 'regime'" },
	{ "<windows " NS " regime='heart'>\n<window days='1' event='tested'/></windows>",
	  "zz.xml:2:1: <window> needs one of 'items' and 'class'" },
	{ "<windows " NS
	  " regime='heart'>\n<window items='TSH' class='ct' days='1' event='tested'/>"
	  "</windows>",
	  "zz.xml:2:1: <window> needs one of 'items' and 'class'" },
	{ "<windows " NS
	  " regime='heart'>\n<window class='magic' days='1' event='tested'/></windows>",
	  "zz.xml:2:1: class 'magic' is not known" },
	/* A class of examinations, in a regime of laboratories. */
	{ "<windows " NS
	  " regime='jjj-lab'>\n<window class='ct' days='1' event='tested'/></windows>",
	  "zz.xml:2:1: class 'ct' is not known" },
	{ "<windows " NS " regime='heart'>\n<window items='all' event='tested'/></windows>",
	  "zz.xml:2:1: <window> needs one of 'hours', 'days' and 'months'" },
	{ "<windows " NS " regime='heart'>\n<window items='all' days='1' hours='1' event='tested'/>"
	  "</windows>",
	  "zz.xml:2:1: <window> needs one of 'hours', 'days' and 'months'" },
	{ "<windows " NS " regime='heart'>\n<window items='all' days='3661' event='tested'/>"
	  "</windows>",
	  "zz.xml:2:1: days '3661' is not 1 to 3660" },
	{ "<windows " NS " regime='heart'>\n<window items='all' days='99999999999999999999' "
	  "event='tested'/></windows>",
	  "zz.xml:2:1: days '99999999999999999999' is not 1 to 3660" },
	{ "<windows " NS " regime='heart'>\n<window items='all' days='1'/></windows>",
	  "zz.xml:2:1: <window> needs 'event'" },
	/* marks and what is missing */
	{ "<marks " NS ">\n<mark text='x' where='report'/></marks>",
	  "zz.xml:2:1: <mark> needs one of 'regime', 'region' and 'nationwide'" },
	{ "<marks " NS ">\n<mark text='x' where='report' region='11' nationwide='true'/></marks>",
	  "zz.xml:2:1: <mark> needs one of 'regime', 'region' and 'nationwide'" },
	{ "<marks " NS ">\n<mark text='x' regime='heart'/></marks>",
	  "zz.xml:2:1: <mark> needs 'where'" },
	{ "<missing xmlns='urn:huren:catalogue:1'>\n<fact regime='r'>x</fact></missing>",
	  "zz.xml:2:1: regime 'r' is not known" },
};

static void test_build__bad_file__says_what_and_where(void)
{
	for (size_t i = 0; i < sizeof(bad_files) / sizeof(bad_files[0]); i++) {
		hr_catalog *catalog = NULL;
		hr_error err = { 0 };

		if (bad_files[i].message) {
			assert_refused(bad_files[i].file, NULL, bad_files[i].message);
			continue;
		}
		/* The words are the XML reader's. */
		CU_ASSERT_FALSE(build(bad_files[i].file, NULL, &catalog, &err));
		CU_ASSERT_EQUAL(err.code, HR_E_CATALOG);
		CU_ASSERT_TRUE(hr_str_starts_with(hr_str_of(err.message), HR_STR("zz.xml:1:")));
	}
}

static void test_error__place__is_in_its_own_fields_too(void)
{
	hr_catalog *catalog = NULL;
	hr_error err = { 0 };

	CU_ASSERT_FALSE(build("<regions " NS ">\n  <city/></regions>", NULL, &catalog, &err));
	CU_ASSERT_EQUAL(err.line, 2);
	CU_ASSERT_EQUAL(err.column, 3);
}

static void test_file__utf_16__is_refused(void)
{
	static const char bytes[] =
		"\xff\xfe<\0u\0n\0i\0t\0s\0 \0x\0m\0l\0n\0s\0=\0'\0u\0r\0n\0:\0"
		"h\0u\0r\0e\0n\0:\0c\0a\0t\0a\0l\0o\0g\0u\0e\0:\0001\0'\0/\0>\0";
	hr_file file = { HR_STR("u.xml"), { bytes, sizeof(bytes) - 1 } };
	hr_fileset set = { &file, 1 };
	hr_catalog *catalog = NULL;
	hr_error err = { 0 };

	CU_ASSERT_FALSE(
		hr_catalog_build(&set, NULL, HR_STR("u"), (hr_instant){ 0 }, &catalog, &err));
	HR_ASSERT_TEXT(hr_str_of(err.message), "u.xml:1:1: the file is not in UTF-8");
}

static void test_overlay__other_kinds__are_refused(void)
{
	assert_refused(NULL, "<grants " NS " regime='heart'/>",
		       "own.xml:1:1: <grants> cannot stand in an overlay");
	assert_refused(NULL, "<items " NS "/>", "own.xml:1:1: <items> cannot stand in an overlay");
}

static void test_overlay__wrong_reference__is_refused(void)
{
	assert_refused(NULL, "<windows " NS " regime='r'/>",
		       "own.xml:1:1: regime 'r' is not known");
	assert_refused(NULL, "<code-map " NS " institution='x-9'/>",
		       "own.xml:1:1: institution 'x-9' is not known");
	assert_refused(NULL,
		       "<code-map " NS " institution='121100004000000014'>\n"
		       "<map code='1' item='NO'/></code-map>",
		       "own.xml:2:1: item 'NO' is not known");
	assert_refused(NULL,
		       "<code-map " NS " institution='121100004000000014'>\n"
		       "<map code='1' item='TSH'/><map code='1' item='GLU'/></code-map>",
		       "own.xml:2:27: code '121100004000000014 1' is declared twice");
}

static void test_overlay__grade__is_local_whatever_it_says(void)
{
	hr_catalog *catalog = fixture_catalog(SMALL_OVERLAY);
	const hr_window *last =
		hr_catalog_get_window(catalog, hr_catalog_window_count(catalog) - 1);

	CU_ASSERT_EQUAL(hr_catalog_window_count(catalog), 10);
	CU_ASSERT_PTR_NULL(last->regime);
	CU_ASSERT_EQUAL(last->origin.grade, HR_GRADE_LOCAL);
	HR_ASSERT_TEXT(last->origin.source, "示范第一医院医务处");
	hr_catalog_unref(catalog);
}

/* --- a sink that collects --- */

struct collected {
	size_t count;
	size_t warnings;
	char codes[256];
};

static bool collect(void *context, const hr_issue *issue, hr_error *err)
{
	struct collected *c = context;
	size_t len = strlen(c->codes);

	(void)err;
	c->count++;
	c->warnings += issue->severity == HR_SEVERITY_WARNING;
	CU_ASSERT_FALSE(hr_str_is_empty(issue->action));
	snprintf(c->codes + len, sizeof(c->codes) - len, "%s%.*s", len ? " " : "",
		 HR_STR_ARG(issue->code));
	return true;
}

static hr_catalog *load_collecting(const char *shared, const char *local, struct collected *c)
{
	hr_arena *arena = hr_test_arena();
	hr_fileset files = fixture_files(arena, SMALL_CATALOG, "zz.xml", shared);
	hr_fileset overlay = fixture_files(arena, NULL, "own.xml", local);
	hr_load_input input = {
		.shared = shared ? &files : NULL,
		.local = local ? &overlay : NULL,
		.id = HR_STR("test"),
		.sink = { collect, c },
	};
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_load(&input, &catalog, &err), err);
	hr_arena_close(arena);
	return catalog;
}

static void test_load__sink_collects__sound_records_are_kept(void)
{
	struct collected c = { 0 };
	hr_catalog *catalog = load_collecting(
		"<items " NS ">"
		"<lab code='N1' name='n1' unit-class='mass' loinc='3016-3'><name>n</name></lab>"
		"<lab code='N2' name='n2' unit-class='mass' loinc='1-8'><name>n</name></lab>"
		"<lab code='N3' name='n3' unit-class='heavy' x='1'/></items>",
		NULL, &c);
	hr_item_id found[2];

	HR_ASSERT_TEXT(hr_str_of(c.codes), "duplicate bad-value unknown-attribute");
	CU_ASSERT_PTR_NOT_NULL_FATAL(catalog);
	CU_ASSERT_EQUAL(hr_catalog_item_count(catalog), 17);
	/* No name and no code of a record that was left out leads to the next one. */
	CU_ASSERT_EQUAL(hr_catalog_find_items_by_name(catalog, HR_STR("n"), found, 2), 1);
	CU_ASSERT_EQUAL(hr_catalog_find_items_by_name(catalog, HR_STR("n1"), found, 2), 0);
	CU_ASSERT_EQUAL(found[0], fixture_item(catalog, "N2"));
	hr_catalog_unref(catalog);
}

static void test_load__bad_root__is_one_issue_not_one_a_record(void)
{
	struct collected c = { 0 };

	hr_catalog_unref(
		load_collecting("<grants " NS " regime='r'><grant/><grant/></grants>", NULL, &c));
	HR_ASSERT_TEXT(hr_str_of(c.codes), "unknown-reference");
}

static void test_load__unknown_region__is_a_warning(void)
{
	struct collected c = { 0 };
	hr_catalog *catalog = load_collecting("<institutions " NS
					      "><institution key='x-1' name='x' region='650000'/>"
					      "</institutions>",
					      NULL, &c);

	HR_ASSERT_TEXT(hr_str_of(c.codes), "unknown-region");
	CU_ASSERT_EQUAL(c.warnings, 1);
	CU_ASSERT_EQUAL(hr_catalog_institution_count(catalog), 5);
	hr_catalog_unref(catalog);
}

static void test_load__overlay_alone__follows_no_reference(void)
{
	struct collected c = { 0 };

	hr_catalog_unref(load_collecting(NULL,
					 "<windows " NS
					 " regime='r'><window items='NO' days='1' event='tested'/>"
					 "<window class='no' days='1' event='tested'/></windows>",
					 &c));
	CU_ASSERT_EQUAL(c.count, 0);
	hr_catalog_unref(load_collecting(NULL,
					 "<code-map " NS " institution='x-9'>"
					 "<map code='1' item='A'/><map code='2' item='A'/>"
					 "<map code='1' item='B'/></code-map>",
					 &c));
	HR_ASSERT_TEXT(hr_str_of(c.codes), "duplicate");
	hr_catalog_unref(load_collecting(NULL, "<items " NS "/>", &c));
	HR_ASSERT_TEXT(hr_str_of(c.codes), "duplicate wrong-set");
}

/* --- limits --- */

/* A file of `count` regimes beside the four of the small catalogue. */
static const char *many_regimes(hr_arena *arena, int count)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 20);
	HR_BUF_ADD(&buf, "<regimes " NS ">");
	for (int i = 0; i < count; i++)
		hr_buf_addf(&buf, "<regime id='r%d' name='x'><members/></regime>", i);
	HR_BUF_ADD(&buf, "</regimes>");
	return buf.data;
}

static void test_limit__regimes__256_and_not_257(void)
{
	hr_arena *arena = hr_test_arena();
	hr_catalog *catalog = NULL;
	struct collected c = { 0 };
	hr_error err;

	HR_ASSERT_OK(build(many_regimes(arena, 252), NULL, &catalog, &err), err);
	CU_ASSERT_EQUAL(hr_catalog_regime_count(catalog), 256);
	hr_catalog_unref(catalog);
	CU_ASSERT_FALSE(build(many_regimes(arena, 253), NULL, &catalog, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_CATALOG);
	/* One issue for all that are too many. */
	catalog = load_collecting(many_regimes(arena, 300), NULL, &c);
	HR_ASSERT_TEXT(hr_str_of(c.codes), "limit");
	CU_ASSERT_EQUAL(hr_catalog_regime_count(catalog), 256);
	hr_catalog_unref(catalog);
	hr_arena_close(arena);
}

static const char *long_name(hr_arena *arena, size_t len)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 20);
	HR_BUF_ADD(&buf, "<situations " NS "><situation code='9' text='");
	for (size_t i = 0; i < len; i++)
		hr_buf_add_char(&buf, 'x');
	HR_BUF_ADD(&buf, "'/></situations>");
	return buf.data;
}

static void test_limit__text__4000_bytes_and_not_4001(void)
{
	hr_arena *arena = hr_test_arena();
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(build(long_name(arena, 4000), NULL, &catalog, &err), err);
	hr_catalog_unref(catalog);
	assert_refused(long_name(arena, 4001), NULL,
		       "zz.xml:1:78: 'text' is longer than 4000 bytes");
	hr_arena_close(arena);
}

static void test_reference__last_given_back__frees(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);

	CU_ASSERT_PTR_EQUAL(hr_catalog_ref(catalog), catalog);
	hr_catalog_unref(catalog);
	CU_ASSERT_EQUAL(hr_catalog_item_count(catalog), 16);
	hr_catalog_unref(catalog);
	hr_catalog_unref(NULL);
}

static const hr_test tests[] = {
	HR_TEST(test_build__small_catalogue__holds_every_record),
	HR_TEST(test_build__no_files__is_an_empty_catalogue),
	HR_TEST(test_origin__left_out__is_that_of_the_root),
	HR_TEST(test_period__last_day__is_included),
	HR_TEST(test_institution__parts__are_all_there),
	HR_TEST(test_item__specimens_are_folded_and_unit_classes_are_bits),
	HR_TEST(test_marks__say_where_and_whose),
	HR_TEST(test_grants__equal_items__are_stored_once),
	HR_TEST(test_build__files_in_any_order__give_the_same),
	HR_TEST(test_build__prolog_comment_and_prefix__do_not_hide_the_root),
	HR_TEST(test_build__bad_file__says_what_and_where),
	HR_TEST(test_error__place__is_in_its_own_fields_too),
	HR_TEST(test_file__utf_16__is_refused),
	HR_TEST(test_overlay__other_kinds__are_refused),
	HR_TEST(test_overlay__wrong_reference__is_refused),
	HR_TEST(test_overlay__grade__is_local_whatever_it_says),
	HR_TEST(test_load__sink_collects__sound_records_are_kept),
	HR_TEST(test_load__bad_root__is_one_issue_not_one_a_record),
	HR_TEST(test_load__unknown_region__is_a_warning),
	HR_TEST(test_load__overlay_alone__follows_no_reference),
	HR_TEST(test_limit__regimes__256_and_not_257),
	HR_TEST(test_limit__text__4000_bytes_and_not_4001),
	HR_TEST(test_reference__last_given_back__frees),
};
HR_TEST_MAIN("catalog_load", tests)
