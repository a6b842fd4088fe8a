/* Names taken apart, their keys, and what finds them. */
#include "dicom/person_name.h"

#include "base/text.h"
#include "base/utf8.h"
#include "dicom/dicom.h"

#include "find_name.h"
#include "testing.h"

#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { PATIENT_NAME = 0x00100010 };

/* A name and its keys. */
struct named {
	hr_arena *arena;
	hr_str keys[HR_NAME_KEYS_MAX];
	size_t count;
};

static struct named name_of(hr_str name)
{
	struct named n = { .arena = hr_test_arena() };
	hr_error err;

	HR_ASSERT_OK(hr_name_keys(name, n.arena, n.keys, &n.count, &err), err);
	return n;
}

static hr_name_query query_of(hr_str text, bool fuzzy, hr_arena *arena)
{
	hr_name_query query = { .count = 0 };
	hr_error err;

	HR_ASSERT_OK(hr_name_query_make(text, fuzzy, arena, &query, &err), err);
	return query;
}

static bool finds(const char *name, const char *text, bool fuzzy)
{
	struct named n = name_of(hr_str_of(name));
	hr_name_query query = query_of(hr_str_of(text), fuzzy, n.arena);
	bool found = find_name(&query, n.keys, n.count);

	hr_arena_close(n.arena);
	return found;
}

static void check(const char *name, const char *text, bool fuzzy, bool found)
{
	CU_ASSERT_EQUAL(finds(name, text, fuzzy), found);
	if (finds(name, text, fuzzy) != found)
		fprintf(stderr, "'%s' %s '%s'\n", text, found ? "does not find" : "finds", name);
}

/* Each text of `texts`, parted by '|', is looked for as people do it. */
static void check_each(const char *name, const char *texts, bool found)
{
	char text[256];
	size_t n;

	for (; *texts; texts += n + (texts[n] == '|')) {
		n = strcspn(texts, "|");
		snprintf(text, sizeof(text), "%.*s", (int)n, texts);
		check(name, text, true, found);
	}
}

static const struct row {
	const char *name;
	const char *finds;
	const char *does_not;
} rows[] = {
	{ "张^建国",
	  "张建国|建国|张|国|张建|张^建国|张 建国|=张^建国|zhangjianguo|ZHANG^JIANGUO|"
	  "Zhang Jianguo|Jianguo Zhang|zhang|jianguo|guo|zhangj|zjg|ZJG|zj|ｚｊｇ|"
	  "Zhāng Jiànguó|張建國|*建国*|张?国",
	  "王|国建|jian zhang guo|zgj|李建国|zhangjianguoo|hang|ianguo" },
	{ "张建国", "张建国|建国|张|zhangjianguo|zjg|ZHANG^JIANGUO|Jianguo Zhang", "李" },
	{ "Zhang^Jianguo=张^建国", "张建国|建国|zhangjianguo|zjg|=张|Zhang^Jianguo=张^建国", "" },
	{ "ZHANG^JIANGUO", "zhangjianguo|zjg|jianguo|guo|Zhang Jian Guo|zhang", "张" },
	{ "ZHANGJIANGUO", "zhangjianguo|zjg|jianguo|guo|Jianguo Zhang", "" },
	{ "ZhangJianGuo", "zjg|jianguo|guo|Jianguo Zhang", "" },
	{ "Zhang Jian Guo", "zjg|jianguo|guo|Jian Guo Zhang", "" },
	{ "Wang^XiaoDong=王^小東",
	  "王^小东|王小东|=王|王|Wang^XiaoDong|wangxiaodong|wxd|小東|Wang^XiaoDong=王^小东|小",
	  "=李" },
	{ "阿依古丽·买买提",
	  "阿依古丽|买买提|阿依古丽买买提|阿依古丽•买买提|古丽|ayiguli|maimaiti|aygl|ayglmmt|"
	  "阿依古丽.买买提|买买提·",
	  "依买" },
	{ "吕^布", "lv|lü|lu|lyu|lvbu|lübu|lubu|lyubu|lb|呂布|LYU^BU", "bulu吕" },
	{ "LYU^JIANGUO", "lyujianguo|ljg|jianguo", "" },
	{ "Lü^Nü", "lvnv|lunu|lünü|ln", "" },
	{ "单^雄信", "shanxiongxin|danxiongxin|sxx|單雄信", "" },
	{ "曾国藩", "zengguofan|cengguofan|zgf|cgf", "" },
	{ "仇英", "qiuying|chouying", "" },
	{ "解缙", "xiejin|jiejin", "" },
	{ "区小明", "ouxiaoming|quxiaoming|oxm", "" },
	{ "查良镛", "zhaliangyong|zly", "" },
	{ "任正非", "renzhengfei|rzf", "" },
	{ "华罗庚", "hualuogeng|hlg", "" },
	{ "朴^槿惠", "piaojinhui|pujinhui|pjh", "" },
	{ "尉迟恭", "yuchigong|ycg|gong|恭|尉迟", "" },
	{ "尉^缭", "weiliao", "" },
	{ "万俟卨", "moqixie|mqx", "" },
	{ "单于浩", "chanyuhao|shanyuhao|cyh|syh|yuhao", "" },
	{ "欧阳^修", "ouyangxiu|oyx|xiu|Xiu Ouyang|欧阳修|歐陽修", "" },
	{ "司马相如", "simaxiangru|smxr|xiangru|Xiangru Sima", "" },
	{ "诸葛亮", "zhugeliang|zgl", "" },
	{ "欧阳", "ouyang|oy", "" },
	{ "长孙无忌", "zhangsunwuji|zswj", "" },
	{ "乐嘉", "yuejia|lejia", "" },
	{ "郭^小乐", "guoxiaole|guoxiaoyue|gxl|gxy|xiaoyue", "" },
	{ "LI^XI'AN", "lixian|lxa|xian|an|Xi'an", "" },
	{ "XU^JIANAN", "xjn|xja|nan|jianan", "" },
	{ "Smith^John^Q", "smith|john|John Q Smith|smithjohn|sjq|SMITH^JOHN|q", "mith" },
	{ "O'Brien^Mary-Ann", "obrien|O’Brien|brien|mary ann|maryann|ann|obma", "" },
	{ "Müller^Jürgen", "muller|Müller|MULLER^JURGEN|jurgen", "" },
	{ "Kjær^Søren", "kjaer|soren|Kjær", "" },
	{ "張^偉", "张伟|zhangwei|zw", "" },
	{ "王^峯", "王峰|王峯|wangfeng", "" },
	{ "Ｚｈａｎｇ　Ｊｉａｎｇｕｏ", "zhangjianguo|zjg", "" },
	{ "张建国2", "张建国2|建国|zhangjianguo2|zhangjianguo|zjg|jianguo", "" },
	{ "𬍛^建", "𬍛建|jian", "" },
	{ "王^㻏", "王㻏|wang", "" },
	{ "ヤマダ^タロウ=山田^太郎=やまだ^たろう", "山田|太郎|やまだ|ﾔﾏﾀﾞ|タロウ", "" },
	{ "Иванов^Иван", "иванов|ИВАН", "" },
};

static void test_search__as_people_type__finds_the_person(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		check_each(rows[i].name, rows[i].finds, true);
		check_each(rows[i].name, rows[i].does_not, false);
	}
}

/* PS3.4 C.2.2.2: without fuzzy matching a whole component group is meant. */
static void test_search__not_fuzzy__is_of_whole_groups(void)
{
	static const struct {
		const char *name, *text;
		bool found;
	} queries[] = {
		{ "Wang^XiaoDong=王^小東", "王*", true },
		{ "Wang^XiaoDong=王^小東", "=王*", true },
		{ "Wang^XiaoDong=王^小東", "wang*", true },
		{ "Wang^XiaoDong=王^小東", "WANG^XIAODONG", true },
		{ "Wang^XiaoDong=王^小東", "王^小东", true },
		{ "Wang^XiaoDong=王^小東", "Wang^XiaoDong=王^小东", true },
		{ "Wang^XiaoDong=王^小東", "wang*=王*", true },
		{ "Wang^XiaoDong=王^小東", "wang*=李*", false },
		{ "Wang^XiaoDong=王^小東", "王", false },
		{ "Wang^XiaoDong=王^小東", "wang", false },
		{ "Wang^XiaoDong=王^小東", "小*", false },
		{ "Wang^XiaoDong=王^小東", "*小*", true },
		{ "Wang^XiaoDong=王^小東", "*小东", true },
		{ "Wang^XiaoDong=王^小東", "*小", false },
		{ "Wang^XiaoDong=王^小東", "*xiaodong", true },
		{ "Wang^XiaoDong=王^小東", "王?东", true },
		{ "Wang^XiaoDong=王^小東", "王?", false },
		{ "Wang^XiaoDong=王^小東", "?小东", true },
		{ "Wang^XiaoDong=王^小東", "w*dong", true },
		{ "Wang^XiaoDong=王^小東", "w*don", false },
		{ "Wang^XiaoDong=王^小東", "w*x*d?ng", true },
		{ "Wang^XiaoDong=王^小東", "wxd", false },
		{ "Wang^XiaoDong", "王*", false },
		{ "王^小东", "wang*", false },
		{ "Wang^XiaoDong", "＊ｘｉａｏ＊", true },
		{ "Wang^XiaoDong", "*", true },
		{ "Wang^XiaoDong", "", true },
		{ "", "*", true },
		{ "", "王*", false },
	};

	for (size_t i = 0; i < COUNT(queries); i++)
		check(queries[i].name, queries[i].text, false, queries[i].found);
}

static void check_term(const char *text, bool fuzzy, hr_name_match how, const char *key,
		       const char *like)
{
	hr_arena *arena = hr_test_arena();
	hr_name_query query = query_of(hr_str_of(text), fuzzy, arena);

	CU_ASSERT_EQUAL(query.count, 1);
	CU_ASSERT_EQUAL(query.terms[0].how, how);
	HR_ASSERT_TEXT(query.terms[0].key, key);
	HR_ASSERT_TEXT(query.terms[0].like, like);
	hr_arena_close(arena);
}

static void test_query__is_answered_by_an_index_where_it_can(void)
{
	check_term("张 建国", true, HR_NAME_BEGINS, "张建国", "");
	check_term("*建国*", true, HR_NAME_BEGINS, "建国", "");
	check_term("*建国*", false, HR_NAME_BEGINS, "建国", "");
	check_term("*建国", false, HR_NAME_IS, "建国", "");
	check_term("ZHANG^JIANGUO", false, HR_NAME_IS, "=zhangjianguo", "");
	check_term("ZHANG*", false, HR_NAME_BEGINS, "=zhang", "");
	check_term("zh*g%_guo", false, HR_NAME_LIKE, "=zh", "=zh%gguo");
	check_term("?建**国*", true, HR_NAME_LIKE, "", "_建%国%");
	check_term("===王=", true, HR_NAME_BEGINS, "王", "");
}

static void test_query__nothing_to_look_for__is_every_name(void)
{
	static const char *const texts[] = {
		"", "*", "***", "^^", "=", "==", " ", "*=*", "-", "·"
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		hr_arena *arena = hr_test_arena();

		CU_ASSERT_EQUAL(query_of(hr_str_of(texts[i]), i % 2, arena).count, 0);
		hr_arena_close(arena);
	}
}

static hr_error_code refused(hr_str text)
{
	hr_arena *arena = hr_test_arena();
	hr_name_query query;
	hr_error err = { 0 };
	bool ok = hr_name_query_make(text, true, arena, &query, &err);

	hr_arena_close(arena);
	return ok ? HR_E_NONE : err.code;
}

static void test_query__past_a_limit__is_refused(void)
{
	char text[HR_NAME_BYTES_MAX + 1];

	memset(text, 'a', sizeof(text));
	CU_ASSERT_EQUAL(refused((hr_str){ text, HR_NAME_BYTES_MAX }), HR_E_NONE);
	CU_ASSERT_EQUAL(refused((hr_str){ text, sizeof(text) }), HR_E_LIMIT);
	CU_ASSERT_EQUAL(refused(HR_STR("a=b=c")), HR_E_NONE);
	CU_ASSERT_EQUAL(refused(HR_STR("a=b=c=")), HR_E_NONE);
	CU_ASSERT_EQUAL(refused(HR_STR("a=b=c=d")), HR_E_LIMIT);
	CU_ASSERT_EQUAL(refused(HR_STR("a*b?c*d?e*f?g*h?i")), HR_E_NONE);
	CU_ASSERT_EQUAL(refused(HR_STR("a*b?c*d?e*f?g*h?i*j")), HR_E_LIMIT);
}

static void test_split__groups__are_parted_by_the_equals_sign(void)
{
	hr_name_groups g = hr_name_split(HR_STR("Wang^XiaoDong = 王^小東= "));

	HR_ASSERT_TEXT(g.alphabetic, "Wang^XiaoDong");
	HR_ASSERT_TEXT(g.ideographic, "王^小東");
	HR_ASSERT_TEXT(g.phonetic, "");
	g = hr_name_split(HR_STR("=王^小東"));
	HR_ASSERT_TEXT(g.alphabetic, "");
	HR_ASSERT_TEXT(g.ideographic, "王^小東");
	g = hr_name_split(HR_STR("a=b=c=d"));
	HR_ASSERT_TEXT(g.phonetic, "c");
	g = hr_name_split(HR_STR_NONE);
	HR_ASSERT_TEXT(g.alphabetic, "");
	HR_ASSERT_TEXT(g.ideographic, "");
}

static void check_keys(const char *name, const char *keys)
{
	struct named n = name_of(hr_str_of(name));
	hr_buf buf;

	hr_buf_init(&buf, n.arena, 1 << 16);
	for (size_t i = 0; i < n.count; i++) {
		if (i)
			hr_buf_add_char(&buf, ' ');
		hr_buf_add(&buf, n.keys[i]);
	}
	HR_ASSERT_TEXT(hr_buf_str(&buf), keys);
	hr_arena_close(n.arena);
}

static void test_keys__are_few(void)
{
	check_keys(
		"Zhang^Jianguo=张^建国",
		"=zhangjianguo =张建国 zhangjianguo jianguo 张建国 建国 zjg jianguozhang guo 国");
	check_keys("张三", "=张三 张三 zhangsan zs san 三 sanzhang");
	check_keys("", "");
	check_keys("^^^^==", "");
	check_keys("*** -", "");
	check_keys("张", "=张 张 zhang z");
	check_keys("\xff\xfe张\xe5", "=张 张 zhang z");
}

/* Ten characters of two readings each would be 1,024. */
static void test_keys__many_readings__are_bounded_and_the_usual_one_stays(void)
{
	struct named n = name_of(HR_STR("乐乐乐乐乐乐乐乐乐乐"));
	hr_str usual = HR_STR("yuelelelelelelelelele");
	size_t readings = 0;
	size_t found = 0;

	for (size_t i = 0; i < n.count; i++) {
		found += hr_str_equal(n.keys[i], usual);
		readings += n.keys[i].len > 18 && n.keys[i].data[0] < 0x7f;
	}
	CU_ASSERT_EQUAL(found, 1);
	CU_ASSERT_TRUE(readings > 1);
	CU_ASSERT_TRUE(n.count <= HR_NAME_KEYS_MAX);
	hr_arena_close(n.arena);
}

static void check_limits(hr_str name)
{
	struct named n = name_of(name);

	CU_ASSERT_TRUE(n.count <= HR_NAME_KEYS_MAX);
	for (size_t i = 0; i < n.count; i++) {
		CU_ASSERT_TRUE(n.keys[i].len > 0 && n.keys[i].len <= HR_NAME_KEY_BYTES_MAX);
		CU_ASSERT_EQUAL(hr_utf8_prefix(n.keys[i]), n.keys[i].len);
	}
	hr_arena_close(n.arena);
}

static void test_keys__long_name__is_cut_between_characters(void)
{
	hr_arena *arena = hr_test_arena();
	hr_str text;
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 16);
	for (int i = 0; i < 3000; i++) {
		hr_buf_add(&buf, i % 7 ? HR_STR("张") : HR_STR("a "));
		if (i % 50 == 0 || i > 2990)
			check_limits(hr_buf_str(&buf));
	}
	text = hr_str_slice(hr_buf_str(&buf), 0, HR_NAME_BYTES_MAX);
	check_limits(text);
	hr_arena_close(arena);
	/* A key of 96 bytes and one of 97 are found by themselves. */
	for (int n = HR_NAME_KEY_BYTES_MAX - 1; n <= HR_NAME_KEY_BYTES_MAX + 1; n++) {
		char name[HR_NAME_KEY_BYTES_MAX + 2] = "";

		memset(name, 'x', (size_t)n);
		check(name, name, false, true);
		check(name, name, true, true);
	}
}

/* Rows 16 to 87 of GB 2312: 6,763 characters. */
static void test_keys__characters_of_gb2312__have_a_reading(void)
{
	hr_arena *arena = hr_test_arena();
	unsigned characters = 0;
	unsigned without = 0;

	for (int row = 0xb0; row <= 0xf7; row++)
		for (int cell = 0xa1; cell <= 0xfe; cell++) {
			const char pair[] = { (char)row, (char)cell };
			struct named n;
			hr_str text;
			hr_error err;

			if (row == 0xd7 && cell > 0xf9)
				break;
			HR_ASSERT_OK(hr_text_to_utf8((hr_str){ pair, 2 }, HR_STR("GB2312"), 8,
						     arena, &text, &err),
				     err);
			n = name_of(text);
			characters++;
			without += n.count < 3;
			hr_arena_close(n.arena);
		}
	hr_arena_close(arena);
	CU_ASSERT_EQUAL(characters, 6763);
	CU_ASSERT_EQUAL(without, 1); /* 嗯 has no vowel */
}

/* Whatever memory there is: all of it, or an error. */
static void test_keys__short_of_memory__says_so(void)
{
	const hr_str name = HR_STR("Wang^XiaoDong=王^小乐");
	size_t refused_count = 0;

	for (size_t cap = 0; cap < 1024; cap++) {
		HR_AUTO(hr_arena) arena = hr_arena_open(cap);
		hr_str keys[HR_NAME_KEYS_MAX];
		size_t count = 99;
		hr_error err = { 0 };

		if (hr_name_keys(name, arena, keys, &count, &err)) {
			CU_ASSERT_TRUE(count > 10 && count < 99);
			continue;
		}
		CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
		CU_ASSERT_EQUAL(count, 99);
		refused_count++;
	}
	CU_ASSERT_TRUE(refused_count > 50 && refused_count < 900);
}

static void test_query__short_of_memory__says_so(void)
{
	size_t refused_count = 0;

	for (size_t cap = 0; cap < 16384; cap += 7) {
		HR_AUTO(hr_arena) arena = hr_arena_open(cap);
		hr_name_query query;
		hr_error err = { 0 };

		if (hr_name_query_make(HR_STR("wang*dong=王?东"), false, arena, &query, &err)) {
			CU_ASSERT_EQUAL(query.count, 2);
			continue;
		}
		CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
		refused_count++;
	}
	CU_ASSERT_TRUE(refused_count > 0 && refused_count < 2000);
}

static void check_object(const char *folder, const char *file, const char *texts)
{
	hr_arena *arena = hr_test_arena();
	char path[512];
	hr_dicom_object object;
	hr_error err;

	snprintf(path, sizeof(path), "%s/dicom/%s", folder, file);
	HR_ASSERT_OK(hr_dicom_read(hr_test_read(arena, path), arena, &object, &err), err);
	check_each(hr_str_terminated(arena, hr_dicom_text_of(object.root, PATIENT_NAME)), texts,
		   true);
	hr_arena_close(arena);
}

static void test_search__names_of_the_corpora__are_found(void)
{
	static const struct {
		const char *file, *finds;
	} files[] = {
		{ "chinese/cn_utf-8.dcm", "张建国|建国|zhangjianguo|zjg" },
		{ "chinese/cn_gb18030.dcm", "张建国|建国|zhangjianguo|zjg" },
		{ "chinese/cn_gbk.dcm", "张建国|建国|zhangjianguo|zjg" },
		{ "chinese/cn_gbk_declared_iso_ir_100.dcm", "张建国|建国|zhangjianguo|zjg" },
		{ "chinese/cn_undeclared_gbk.dcm", "张建国|建国|zhangjianguo|zjg" },
		{ "chinese/cn_iso2022ir58.dcm", "张小东|小东|zhangxiaodong|zxd" },
		{ "charset/pydicom/chrX1.dcm", "王小东|王^小東|=王|wxd|Wang^XiaoDong=王^小东" },
		{ "charset/pydicom/chrX2.dcm", "王小东|王^小東|=王|wxd|Wang^XiaoDong=王^小东" },
		{ "charset/pydicom/chrFren.dcm", "buc|jerome|JÉRÔME" },
		{ "charset/pydicom/chrGerm.dcm", "aneas|Rüdiger|rudiger" },
		{ "charset/pydicom/chrGreek.dcm", "ΔΙΟΝΥΣ" },
		{ "charset/pydicom/chrArab.dcm", "قباني" },
		{ "charset/pydicom/chrI2.dcm", "hong|gildong|洪吉洞|길동" },
		{ "charset/pydicom/chrH31.dcm", "yamada|tarou|山田太郎|太郎|やまだ" },
		{ "charset/pydicom/chrH32.dcm", "ﾔﾏﾀﾞ|山田太郎|たろう" },
	};
	const char *corpora = hr_test_corpora();

	for (size_t i = 0; corpora && i < COUNT(files); i++)
		check_object(corpora, files[i].file, files[i].finds);
}

static const hr_test tests[] = {
	HR_TEST(test_split__groups__are_parted_by_the_equals_sign),
	HR_TEST(test_keys__are_few),
	HR_TEST(test_keys__many_readings__are_bounded_and_the_usual_one_stays),
	HR_TEST(test_keys__long_name__is_cut_between_characters),
	HR_TEST(test_keys__characters_of_gb2312__have_a_reading),
	HR_TEST(test_keys__short_of_memory__says_so),
	HR_TEST(test_query__is_answered_by_an_index_where_it_can),
	HR_TEST(test_query__nothing_to_look_for__is_every_name),
	HR_TEST(test_query__past_a_limit__is_refused),
	HR_TEST(test_query__short_of_memory__says_so),
	HR_TEST(test_search__as_people_type__finds_the_person),
	HR_TEST(test_search__not_fuzzy__is_of_whole_groups),
	HR_TEST(test_search__names_of_the_corpora__are_found),
};
HR_TEST_MAIN("person_name", tests)
