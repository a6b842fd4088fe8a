#include "floor.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/oflog/oflog.h>

/* Quiet as dicom/dcmtk_read.cc has it: a warning of each image would cost more than the image. */
extern "C" void floor_dcmtk_open(void)
{
	OFLog::configure(OFLogger::OFF_LOG_LEVEL);
}

extern "C" size_t floor_dcmtk_run(const char *data, size_t len)
{
	DcmInputBufferStream stream;
	DcmFileFormat file;
	OFCondition condition;

	stream.setBuffer(data, static_cast<offile_off_t>(len));
	stream.setEos();
	file.transferInit();
	condition = file.readUntilTag(stream, EXS_Unknown, EGL_noChange, DCM_MaxReadLength,
				      DCM_PixelData);
	file.transferEnd();
	return condition.good() ? file.getDataset()->card() : 0;
}
