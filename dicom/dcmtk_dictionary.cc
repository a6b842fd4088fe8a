/* What DCMTK's dictionary says of an element: for objects that do not say it themselves. */
#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcdicent.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dctagkey.h>
#include <dcmtk/dcmdata/dcvr.h>

extern "C" {
#include "dicom/dcmtk.h"
}

namespace
{
/* VR LO (PS3.5 6.2), and the NUL. */
enum { CREATOR_ROOM = 65 };

bool name_vr(DcmEVR vr, char out[2])
{
	const char *name = nullptr;

	switch (vr) {
	case EVR_xs:
		name = "xs";
		break;
	case EVR_ox:
	case EVR_px:
		name = "ox";
		break;
	case EVR_lt:
		name = "OW";
		break;
	case EVR_up:
		name = "UL";
		break;
	default:
		name = DcmVR(vr).getValidVRName();
		break;
	}
	out[0] = name[0];
	out[1] = name[1];
	return memcmp(out, "UN", 2) != 0 && memcmp(out, "??", 2) != 0;
}
} // namespace

bool hr_dcmtk_has_dictionary(hr_error *err)
{
	try {
		if (dcmDataDict.isDictionaryLoaded())
			return true;
	} catch (...) {
	}
	return hr_fail(err, HR_E_IO,
		       "dicom: DCMTK has no dictionary; install libdcmtk17, or say in "
		       "DCMDICTPATH where dicom.dic is");
}

bool hr_dcmtk_find_vr(uint32_t tag, hr_str creator, char vr[2])
{
	char terminated[CREATOR_ROOM] = "";
	bool found = false;

	if (creator.len >= sizeof(terminated))
		return false;
	if (creator.len)
		memcpy(terminated, creator.data, creator.len);
	try {
		const DcmTagKey key(static_cast<Uint16>(tag >> 16),
				    static_cast<Uint16>(tag & 0xFFFF));
		const DcmDictEntry *entry =
			dcmDataDict.rdlock().findEntry(key, terminated[0] ? terminated : nullptr);

		found = entry && name_vr(entry->getEVR(), vr);
		dcmDataDict.rdunlock();
	} catch (...) {
		return false;
	}
	return found;
}
