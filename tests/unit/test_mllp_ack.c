#include "service/mllp_ack.h"

#include "testing.h"

#define MSH_OF(version, charset)                                                                   \
	"MSH|^~\\&|LIS|LAB^1|HIS|WARD|20250220||ORU^R01|M1|T|" version "||||||" charset "\r"       \
	"PID|1\rOBR|1\rOBX|1\rOBX|2\r"

/* 2025-02-20 09:30:00 in Beijing. */
static const hr_instant now = { 1740015000 };

static const hr_error in_second_obx = { .code = HR_E_SYNTAX,
					.line = 5,
					.message = "hl7: a|b^c is not a number" };

/* The ACK of `message`, as a person reads it: a line a segment. */
static hr_str ack_of(hr_arena *arena, hr_str message, hr_ack_code code, const hr_error *why)
{
	hr_hl7_head head;
	hr_error err;
	hr_ack ack = {
		.code = code,
		.message = message,
		.outcome = HR_STR("recognised"),
		.why = why,
		.id = HR_STR("H7"),
		.now = now,
	};
	hr_buf buf;

	if (hr_hl7_read_head(message, &head, &err))
		ack.head = &head;
	hr_buf_init(&buf, arena, HR_ACK_BYTES_MAX);
	hr_ack_format(&ack, arena, &buf);
	CU_ASSERT(!buf.failed);
	for (size_t i = 0; i < buf.len; i++)
		if (buf.data[i] == '\r')
			buf.data[i] = '\n';
	return hr_buf_str(&buf);
}

#define CHECK(message, code, why, want)                                                            \
	do {                                                                                       \
		HR_AUTO(hr_arena) arena = hr_test_arena();                                         \
		HR_ASSERT_TEXT(ack_of(arena, HR_STR(message), (code), (why)), (want));             \
	} while (0)

static void test_ack__read__says_the_outcome_to_whom_it_came_from(void)
{
	CHECK(MSH_OF("2.4", ""), HR_ACK_AA, NULL,
	      "MSH|^~\\&|HIS|WARD|LIS|LAB^1|20250220093000+0800||ACK^R01^ACK|H7|T|2.4\n"
	      "MSA|AA|M1|recognised\n");
	CHECK("MSH|^~\\&|||||||ORU^R01|7", HR_ACK_AA, NULL,
	      "MSH|^~\\&|||||20250220093000+0800||ACK^R01^ACK|H7|P|2.4\n"
	      "MSA|AA|7|recognised\n");
}

static void test_ack__delimiters__are_the_senders(void)
{
	CHECK("MSH#*@?%#A#B#C#D###ORU*R01#M1#P#2.5", HR_ACK_AA, NULL,
	      "MSH#*@?%#C#D#A#B#20250220093000+0800##ACK*R01*ACK#H7#P#2.5\n"
	      "MSA#AA#M1#recognised\n");
	/* What of the words would part fields is escaped with his escape. */
	CHECK("MSH#*@?%#A#B#C#D###ORU*R01#M1#P#2.5\rOBX\rOBX\rOBX\rOBX#1", HR_ACK_AE,
	      &((hr_error){ .code = HR_E_LIMIT, .message = "a#b*c?d|e" }),
	      "MSH#*@?%#C#D#A#B#20250220093000+0800##ACK*R01*ACK#H7#P#2.5\n"
	      "MSA#AE#M1#too-large\n"
	      "ERR###102*Data type error*HL70357#E#too-large##a?F?b?S?c?E?d|e#A limit is passed\n");
}

static void test_ack__character_set__is_the_senders(void)
{
	CHECK(MSH_OF("2.5.1", "UNICODE UTF-8"), HR_ACK_AE, &in_second_obx,
	      "MSH|^~\\&|HIS|WARD|LIS|LAB^1|20250220093000+0800||ACK^R01^ACK|H7|T|2.5.1||||||"
	      "UNICODE UTF-8\n"
	      "MSA|AE|M1|malformed\n"
	      "ERR||OBX^2|102^Data type error^HL70357|E|malformed||hl7: a\\F\\b\\S\\c is not a "
	      "number|内容损坏, 或与所称格式不符\n");
	/* The same in GB18030: 内容损坏, 或与所称格式不符 */
	CHECK(MSH_OF("2.5.1", "GB 18030-2000"), HR_ACK_AE, &in_second_obx,
	      "MSH|^~\\&|HIS|WARD|LIS|LAB^1|20250220093000+0800||ACK^R01^ACK|H7|T|2.5.1||||||"
	      "GB 18030-2000\n"
	      "MSA|AE|M1|malformed\n"
	      "ERR||OBX^2|102^Data type error^HL70357|E|malformed||hl7: a\\F\\b\\S\\c is not a "
	      "number|\xc4\xda\xc8\xdd\xcb\xf0\xbb\xb5, "
	      "\xbb\xf2\xd3\xeb\xcb\xf9\xb3\xc6\xb8\xf1\xca\xbd\xb2\xbb\xb7\xfb\n");
}

/* 韡 is ED 7C in GBK: its second byte is '|'. */
static void test_ack__gbk_with_delimiters_in_it__is_given_back_byte_by_byte(void)
{
	CHECK("MSH|^~\\&|\xed\x7c|B|C|D|||ORU^R01|M1|P|2.4||||||GBK\r", HR_ACK_AA, NULL,
	      "MSH|^~\\&|C|D|\xed\x7c|B|20250220093000+0800||ACK^R01^ACK|H7|P|2.4||||||GBK\n"
	      "MSA|AA|M1|recognised\n");
}

static void test_ack__before_2_5__err_is_place_and_condition(void)
{
	CHECK(MSH_OF("2.3.1", ""), HR_ACK_AE, &in_second_obx,
	      "MSH|^~\\&|HIS|WARD|LIS|LAB^1|20250220093000+0800||ACK^R01^ACK|H7|T|2.3.1\n"
	      "MSA|AE|M1|malformed\n"
	      "ERR|OBX^2^^102&Data type error&HL70357\n");
}

static void test_ack__no_msh__is_refused_without_an_id(void)
{
	CHECK("PID|1\r", HR_ACK_AR, &((hr_error){ .code = HR_E_SYNTAX }),
	      "MSH|^~\\&|||||20250220093000+0800||ACK|H7|P|2.4\n"
	      "MSA|AR||malformed\n"
	      "ERR|MSH^1^^100&Segment sequence error&HL70357\n");
}

/* Nothing came that could be blamed: it may be sent again. */
static void test_ack__our_own_fault__names_no_place_in_the_message(void)
{
	CHECK("", HR_ACK_AE, &((hr_error){ .code = HR_E_MEMORY }),
	      "MSH|^~\\&|||||20250220093000+0800||ACK|H7|P|2.4\n"
	      "MSA|AE||memory\n"
	      "ERR|^^^207&Application internal error&HL70357\n");
}

static void test_ack__long_fields__are_cut(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_buf message;
	hr_str ack;

	hr_buf_init(&message, arena, 1 << 20);
	HR_BUF_ADD(&message, "MSH|^~\\&|");
	for (int i = 0; i < 100000; i++)
		HR_BUF_ADD(&message, "x");
	HR_BUF_ADD(&message, "|B|C|D|||ORU^R01|M1|P|2.4\r");
	ack = ack_of(arena, hr_buf_str(&message), HR_ACK_AA, NULL);
	CU_ASSERT(ack.len < 400);
	CU_ASSERT(hr_str_ends_with(ack, HR_STR("MSA|AA|M1|recognised\n")));
}

static void check_head(hr_str message, bool is_taken)
{
	hr_hl7_head head;
	hr_error err = { .code = HR_E_NONE };

	HR_ASSERT_OK(hr_hl7_read_head(message, &head, &err), err);
	CU_ASSERT_EQUAL(hr_ack_check_head(&head, &err), is_taken);
	if (!is_taken)
		CU_ASSERT_EQUAL(hr_ack_code_of(&err), HR_ACK_AR);
}

static void test_head__type_and_version__decide_whether_it_is_for_us(void)
{
	check_head(HR_STR("MSH|^~\\&|||||||ORU^R01|1|P|2.4"), true);
	check_head(HR_STR("MSH|^~\\&|||||||ORU^R01^ORU_R01|1|P|2.5.1^CHN"), true);
	check_head(HR_STR("MSH|^~\\&|||||||ORU^R01|1|P"), true);
	check_head(HR_STR("MSH|^~\\&|||||||ADT^A01|1|P|2.4"), false);
	check_head(HR_STR("MSH|^~\\&|||||||ORUX^R01|1|P|2.4"), false);
	check_head(HR_STR("MSH|^~\\&|||||||ORU^R01|1|P|3.0"), false);
	check_head(HR_STR("MSH|^~\\&|||||||ORU^R01|1|P|2."), false);
}

static const hr_test tests[] = {
	HR_TEST(test_ack__read__says_the_outcome_to_whom_it_came_from),
	HR_TEST(test_ack__delimiters__are_the_senders),
	HR_TEST(test_ack__character_set__is_the_senders),
	HR_TEST(test_ack__gbk_with_delimiters_in_it__is_given_back_byte_by_byte),
	HR_TEST(test_ack__before_2_5__err_is_place_and_condition),
	HR_TEST(test_ack__no_msh__is_refused_without_an_id),
	HR_TEST(test_ack__our_own_fault__names_no_place_in_the_message),
	HR_TEST(test_ack__long_fields__are_cut),
	HR_TEST(test_head__type_and_version__decide_whether_it_is_for_us),
};
HR_TEST_MAIN("mllp_ack", tests)
