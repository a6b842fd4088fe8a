/*
 * One of the files that know DCMTK. It gets the bytes in front of the pixels,
 * looked through by prescan.c, in memory: no file, no transfer syntax of its
 * own, nothing that is loaded later. Each function catches all.
 */
#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcspchrs.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/oflog/oflog.h>

#include <mutex>
#include <new>

extern "C" {
#include "dicom/dcmtk.h"
}

namespace
{
struct Short {
};

template <typename T> T *take(hr_arena *arena, size_t count)
{
	auto *memory = static_cast<T *>(hr_arena_alloc_array(arena, count ? count : 1, sizeof(T)));

	if (!memory)
		throw Short();
	return memory;
}

hr_str copy(hr_arena *arena, const char *data, size_t len)
{
	hr_str text = hr_str_copy(arena, hr_str{ data, len });

	if (!text.data)
		throw Short();
	return text;
}

/* What DCMTK has to say goes nowhere: it quotes values, and ours are patients'. */
bool start()
{
	static std::once_flag once;

	std::call_once(once, [] { OFLog::configure(OFLogger::OFF_LOG_LEVEL); });
	return dcmDataDict.isDictionaryLoaded();
}

bool is_bytes(DcmEVR vr)
{
	switch (vr) {
	case EVR_AE:
	case EVR_AS:
	case EVR_CS:
	case EVR_DA:
	case EVR_DS:
	case EVR_DT:
	case EVR_IS:
	case EVR_LO:
	case EVR_LT:
	case EVR_PN:
	case EVR_SH:
	case EVR_ST:
	case EVR_TM:
	case EVR_UC:
	case EVR_UI:
	case EVR_UR:
	case EVR_UT:
	case EVR_US:
	case EVR_SS:
	case EVR_UL:
	case EVR_SL:
	case EVR_FD:
	case EVR_FL:
	case EVR_AT:
		return false;
	default:
		return true;
	}
}

hr_str text_of(DcmElement *element, hr_arena *arena)
{
	char *bytes = nullptr;
	Uint32 len = 0;
	OFString number;

	if (is_bytes(element->ident()) || element->getLengthField() == 0)
		return HR_STR_NONE;
	if (element->isaString()) {
		if (element->getString(bytes, len).bad() || !bytes)
			return HR_STR_NONE;
		return copy(arena, bytes, len);
	}
	/* A table of ten thousand numbers is no fact of a report. */
	if (element->getVM() > 16 || element->getOFStringArray(number).bad())
		return HR_STR_NONE;
	return copy(arena, number.data(), number.size());
}

void fill_item(DcmItem *from, hr_arena *arena, hr_dicom_item *to);

void fill_sequence(DcmSequenceOfItems *from, hr_arena *arena, hr_dicom_element *to)
{
	auto *items = take<hr_dicom_item>(arena, from->card());
	DcmObject *next = nullptr;

	to->items = items;
	/* By the list's own hand: getItem(n) would walk it from its start each time. */
	while ((next = from->nextInContainer(next)) != nullptr) {
		hr_dicom_item *item = &items[to->item_count];

		item->index = to->item_count++;
		item->of = to;
		fill_item(static_cast<DcmItem *>(next), arena, item);
	}
}

void fill_element(DcmElement *from, hr_arena *arena, hr_dicom_element *to)
{
	DcmVR vr(from->getVR());

	to->tag = static_cast<uint32_t>(from->getGTag()) << 16 | from->getETag();
	to->vr[0] = vr.getValidVRName()[0];
	to->vr[1] = vr.getValidVRName()[1];
	if (from->ident() == EVR_SQ)
		fill_sequence(static_cast<DcmSequenceOfItems *>(from), arena, to);
	else if (from->isLeaf())
		to->text = text_of(from, arena);
}

/* Private groups are odd: nobody's words but their maker's. */
void fill_item(DcmItem *from, hr_arena *arena, hr_dicom_item *to)
{
	auto *elements = take<hr_dicom_element>(arena, from->card());
	DcmObject *next = nullptr;

	to->elements = elements;
	while ((next = from->nextInContainer(next)) != nullptr) {
		hr_dicom_element *element = &elements[to->count];

		if (next->getGTag() % 2)
			continue;
		element->in = to;
		fill_element(static_cast<DcmElement *>(next), arena, element);
		to->count++;
	}
}

E_TransferSyntax syntax_of(const hr_dicom_scan *scan)
{
	if (scan->encoding == HR_DICOM_IMPLICIT_LE)
		return EXS_LittleEndianImplicit;
	if (scan->encoding == HR_DICOM_EXPLICIT_BE)
		return EXS_BigEndianExplicit;
	/* Which compression it is does not matter here: an icon's pixels are passed over. */
	return scan->encapsulated ? EXS_JPEGProcess1 : EXS_LittleEndianExplicit;
}

bool read_data_set(const hr_dicom_scan *scan, hr_arena *arena, hr_dicom_item **out, hr_error *err)
{
	DcmInputBufferStream stream;
	DcmDataset data_set;
	OFCondition condition;
	hr_dicom_item *root = nullptr;

	stream.setBuffer(scan->header.data, static_cast<offile_off_t>(scan->header.len));
	stream.setEos();
	data_set.transferInit();
	condition = data_set.read(stream, syntax_of(scan), EGL_noChange, DCM_MaxReadLength);
	data_set.transferEnd();
	if (condition == EC_MemoryExhausted)
		return hr_fail_memory(err);
	if (condition.bad())
		return hr_fail(err, HR_E_SYNTAX, "dicom: the data set cannot be read: %s",
			       condition.text());
	root = take<hr_dicom_item>(arena, 1);
	fill_item(&data_set, arena, root);
	*out = root;
	return true;
}
} // namespace

bool hr_dcmtk_read(const hr_dicom_scan *scan, hr_arena *arena, hr_dicom_item **out, hr_error *err)
{
	try {
		if (!start())
			return hr_fail(err, HR_E_IO,
				       "dicom: DCMTK has no dictionary; install libdcmtk17, or say "
				       "in DCMDICTPATH where dicom.dic is");
		return read_data_set(scan, arena, out, err);
	} catch (const Short &) {
		return hr_fail_memory(err);
	} catch (const std::bad_alloc &) {
		return hr_fail_memory(err);
	} catch (...) {
		return hr_fail(err, HR_E_INTERNAL, "dicom: DCMTK failed");
	}
}

bool hr_dcmtk_to_utf8(hr_str raw, hr_str charsets, bool person_name, hr_arena *arena, hr_str *out)
{
	try {
		DcmSpecificCharacterSet converter;
		OFString to;

		if (!start() ||
		    converter.selectCharacterSet(OFString(charsets.data, charsets.len)).bad() ||
		    converter.convertString(raw.data, raw.len, to, person_name ? "\\^=" : "\\")
			    .bad())
			return false;
		*out = copy(arena, to.data(), to.size());
		return true;
	} catch (...) {
		return false;
	}
}

void hr_dcmtk_format_keyword(uint32_t tag, hr_buf *out)
{
	try {
		DcmTag known(static_cast<Uint16>(tag >> 16), static_cast<Uint16>(tag & 0xFFFF));
		const char *name = start() ? known.getTagName() : "";

		if (name[0] && strcmp(name, DcmTag_ERROR_TagName) != 0) {
			hr_buf_add(out, hr_str_of(name));
			return;
		}
	} catch (...) {
	}
	hr_buf_addf(out, "(%04X,%04X)", tag >> 16, tag & 0xFFFF);
}

bool hr_dcmtk_find_keyword(hr_str keyword, uint32_t *tag)
{
	bool found = false;

	try {
		OFString name(keyword.data ? keyword.data : "", keyword.len);
		const DcmDictEntry *entry =
			start() ? dcmDataDict.rdlock().findEntry(name.c_str()) : nullptr;

		if (entry) {
			*tag = static_cast<uint32_t>(entry->getGroup()) << 16 | entry->getElement();
			found = true;
		}
		if (start())
			dcmDataDict.rdunlock();
	} catch (...) {
	}
	return found;
}
