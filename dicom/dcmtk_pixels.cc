/*
 * DCMTK's codecs and its image, one frame at a time. What goes in has been
 * compared with itself by pixels.c and image_header.c; DCMTK sees no file and
 * no attribute that it does not need for the pixels.
 */
#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmdata/dcwcache.h>
#include <dcmtk/dcmimage/diregist.h>
#include <dcmtk/dcmimgle/dcmimage.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/oflog/oflog.h>

#include <cmath>
#include <memory>
#include <mutex>
#include <new>

extern "C" {
#include "dicom/dcmtk_pixels.h"
}

namespace
{
/* What DCMTK has to say goes nowhere: it quotes values, and ours are patients'. */
void start()
{
	static std::once_flag once;

	std::call_once(once, [] {
		OFLog::configure(OFLogger::OFF_LOG_LEVEL);
		/* As dcmj2pnm does: colours become what the photometric interpretation says. */
		DJDecoderRegistration::registerCodecs();
		DJLSDecoderRegistration::registerCodecs();
		DcmRLEDecoderRegistration::registerCodecs();
	});
}

bool fail(hr_error *err, const char *what, const OFCondition &condition)
{
	if (condition == EC_MemoryExhausted)
		return hr_fail_memory(err);
	return hr_fail(err, HR_E_SYNTAX, "dicom: %s: %s", what, condition.text());
}

void put_form(DcmItem *item, const hr_dicom_image *form)
{
	item->putAndInsertUint16(DCM_SamplesPerPixel, static_cast<Uint16>(form->samples));
	item->putAndInsertString(DCM_PhotometricInterpretation, form->photometric);
	if (form->samples > 1)
		item->putAndInsertUint16(DCM_PlanarConfiguration, form->planar);
	item->putAndInsertUint16(DCM_Rows, static_cast<Uint16>(form->rows));
	item->putAndInsertUint16(DCM_Columns, static_cast<Uint16>(form->columns));
	item->putAndInsertUint16(DCM_BitsAllocated, static_cast<Uint16>(form->bits_allocated));
	item->putAndInsertUint16(DCM_BitsStored, static_cast<Uint16>(form->bits_stored));
	item->putAndInsertUint16(DCM_HighBit, static_cast<Uint16>(form->high_bit));
	item->putAndInsertUint16(DCM_PixelRepresentation, form->is_signed);
}

/* What a decoder has made of them. */
void get_form(DcmItem *item, hr_dicom_image *form)
{
	OFString photometric;
	Uint16 n = 0;

	if (item->findAndGetOFString(DCM_PhotometricInterpretation, photometric).good() &&
	    photometric.size() < sizeof(form->photometric)) {
		memset(form->photometric, 0, sizeof(form->photometric));
		memcpy(form->photometric, photometric.data(), photometric.size());
	}
	if (item->findAndGetUint16(DCM_PlanarConfiguration, n).good())
		form->planar = n == 1;
	if (item->findAndGetUint16(DCM_BitsAllocated, n).good())
		form->bits_allocated = n;
	if (item->findAndGetUint16(DCM_BitsStored, n).good())
		form->bits_stored = n;
	if (item->findAndGetUint16(DCM_HighBit, n).good())
		form->high_bit = n;
}

/* A data set of one frame of one fragment. */
OFCondition put_fragment(DcmDataset *data_set, E_TransferSyntax syntax, hr_str bytes)
{
	auto sequence = std::make_unique<DcmPixelSequence>(DcmTag(DCM_PixelData, EVR_OB));
	auto table = std::make_unique<DcmPixelItem>(DcmTag(DCM_Item, EVR_OB));
	auto fragment = std::make_unique<DcmPixelItem>(DcmTag(DCM_Item, EVR_OB));
	auto pixels = std::make_unique<DcmPixelData>(DcmTag(DCM_PixelData, EVR_OB));
	OFCondition condition = fragment->putUint8Array(reinterpret_cast<const Uint8 *>(bytes.data),
							static_cast<unsigned long>(bytes.len));

	if (condition.good())
		condition = sequence->insert(table.get());
	if (condition.good()) {
		static_cast<void>(table.release());
		condition = sequence->insert(fragment.get());
	}
	if (condition.bad())
		return condition;
	static_cast<void>(fragment.release());
	pixels->putOriginalRepresentation(syntax, nullptr, sequence.release());
	condition = data_set->insert(pixels.get());
	if (condition.good())
		static_cast<void>(pixels.release());
	return condition;
}

/* Its bytes, little endian as this machine is, however wide they are. */
bool take_samples(DcmDataset *data_set, const hr_dicom_image *form, hr_arena *arena, hr_str *out,
		  hr_error *err)
{
	size_t size = static_cast<size_t>(form->rows) * form->columns * form->samples *
		      (form->bits_allocated / 8);
	DcmElement *element = nullptr;
	Uint16 *words = nullptr;
	OFCondition condition = data_set->findAndGetElement(DCM_PixelData, element);
	char *bytes = nullptr;

	if (condition.good())
		condition = element->getUint16Array(words);
	if (condition.bad())
		return fail(err, "the decoded frame is lost", condition);
	if (!words || element->getLength() < size)
		return hr_fail(err, HR_E_SYNTAX, "dicom: the compressed frame is too short");
	bytes = static_cast<char *>(hr_arena_copy(arena, words, size));
	if (!bytes)
		return hr_fail_memory(err);
	*out = hr_str{ bytes, size };
	return true;
}

bool decode(hr_str transfer_syntax, hr_str sop_class, hr_str bytes, hr_dicom_image *form,
	    hr_arena *arena, hr_str *out, hr_error *err)
{
	OFString uid(transfer_syntax.data, transfer_syntax.len);
	E_TransferSyntax syntax = DcmXfer(uid.c_str()).getXfer();
	DcmDataset data_set;
	OFCondition condition;

	start();
	/* The order of the colours depends on the class, for some (PS3.3 C.7.6.3.1.3). */
	data_set.putAndInsertString(
		DCM_SOPClassUID,
		OFString(sop_class.data ? sop_class.data : "", sop_class.len).c_str());
	put_form(&data_set, form);
	condition = put_fragment(&data_set, syntax, bytes);
	if (condition.good())
		condition = data_set.chooseRepresentation(EXS_LittleEndianExplicit, nullptr);
	if (condition.bad())
		return fail(err, "the compressed frame cannot be decoded", condition);
	get_form(&data_set, form);
	return take_samples(&data_set, form, arena, out, err);
}

/* --- elements as they stand in an object --- */

E_TransferSyntax syntax_of(hr_dicom_encoding encoding)
{
	if (encoding == HR_DICOM_IMPLICIT_LE)
		return EXS_LittleEndianImplicit;
	return encoding == HR_DICOM_EXPLICIT_BE ? EXS_BigEndianExplicit : EXS_LittleEndianExplicit;
}

OFCondition put_elements(DcmDataset *data_set, hr_str bytes, hr_dicom_encoding encoding)
{
	DcmInputBufferStream stream;
	OFCondition condition;

	if (bytes.len == 0)
		return EC_Normal;
	stream.setBuffer(bytes.data, static_cast<offile_off_t>(bytes.len));
	stream.setEos();
	data_set->transferInit();
	condition = data_set->read(stream, syntax_of(encoding), EGL_noChange, DCM_MaxReadLength);
	data_set->transferEnd();
	return condition;
}

bool write_explicit(DcmDataset *data_set, hr_arena *arena, hr_str *out, hr_error *err)
{
	Uint32 size = data_set->getLength(EXS_LittleEndianExplicit, EET_UndefinedLength);
	auto *room = static_cast<char *>(hr_arena_alloc_raw(arena, size_t{ size } + 1));
	DcmOutputBufferStream stream(room, size);
	DcmWriteCache cache;
	OFCondition condition;
	offile_off_t written = 0;
	void *bytes = nullptr;

	if (!room)
		return hr_fail_memory(err);
	data_set->transferInit();
	condition = data_set->write(stream, EXS_LittleEndianExplicit, EET_UndefinedLength, &cache,
				    EGL_withoutGL);
	data_set->transferEnd();
	if (condition.bad())
		return fail(err, "the data set cannot be written", condition);
	stream.flushBuffer(bytes, written);
	*out = hr_str{ static_cast<char *>(bytes), static_cast<size_t>(written) };
	return true;
}

bool to_explicit(const hr_dicom_scan *scan, hr_arena *arena, hr_str *out, hr_error *err)
{
	DcmDataset data_set;
	OFCondition condition;

	start();
	condition = put_elements(&data_set, scan->header, scan->encoding);
	if (condition.bad())
		return fail(err, "the data set cannot be read", condition);
	return write_explicit(&data_set, arena, out, err);
}

/* --- pictures: the steps of dcmj2pnm in its order, so that the same pixels come out --- */

using image_ptr = std::unique_ptr<DicomImage>;

OFCondition put_samples(DcmDataset *data_set, const hr_pixels *pixels)
{
	auto element = std::make_unique<DcmPixelData>(
		DcmTag(DCM_PixelData, pixels->form.bits_allocated > 8 ? EVR_OW : EVR_OB));
	auto count = static_cast<Uint32>(pixels->bytes.len);
	Uint16 *words = nullptr;
	Uint8 *bytes = nullptr;
	OFCondition condition = pixels->form.bits_allocated > 8
					? element->createUint16Array(count / 2, words)
					: element->createUint8Array(count, bytes);

	if (condition.bad())
		return condition;
	memcpy(words ? static_cast<void *>(words) : bytes, pixels->bytes.data,
	       words ? count / 2 * sizeof(Uint16) : count);
	condition = data_set->insert(element.get());
	if (condition.good())
		static_cast<void>(element.release());
	return condition;
}

/* --- window --- */

bool choose_preset(DicomImage *image, uint32_t preset, hr_error *err)
{
	unsigned long windows = image->getWindowCount();
	unsigned long tables = image->getVoiLutCount();

	if (preset > windows + tables)
		return hr_fail(err, HR_E_USAGE, "dicom: the object has %lu windows, none number %u",
			       windows + tables, preset);
	if (preset == 0)
		preset = 1;
	/* An image of one value has no window, and is drawn without. */
	if (windows + tables == 0)
		image->setMinMaxWindow();
	else if (preset <= windows)
		image->setWindow(preset - 1);
	else
		image->setVoiLut(preset - windows - 1);
	return true;
}

bool choose_window(DicomImage *image, const hr_render_options *options, hr_error *err)
{
	bool exact = options->window == HR_RENDER_WINDOW_LINEAR_EXACT;

	if (!image->isMonochrome())
		return true;
	if (options->window == HR_RENDER_WINDOW_OBJECT)
		return choose_preset(image, options->preset, err);
	image->setVoiLutFunction(options->window == HR_RENDER_WINDOW_SIGMOID ? EFV_Sigmoid
									     : EFV_Linear);
	/* PS3.3 C.11.2.1.3.2: exact is linear of a window that is wider by 1, half a step on. */
	if (!image->setWindow(options->center + (exact ? 0.5 : 0),
			      options->width + (exact ? 1 : 0)))
		return hr_fail(err, HR_E_USAGE, "dicom: no window is so wide");
	return true;
}

/* --- region and size --- */

struct region {
	long x, y, width, height;
	bool mirror_x, mirror_y;
};

bool choose_region(const DicomImage *image, const hr_render_options *options, region *out,
		   hr_error *err)
{
	auto columns = static_cast<long>(image->getWidth());
	auto rows = static_cast<long>(image->getHeight());
	region r = { options->crop_x,		options->crop_y,
		     labs(options->crop_width), labs(options->crop_height),
		     options->crop_width < 0,	options->crop_height < 0 };

	if (r.x < 0 || r.y < 0 || r.x >= columns || r.y >= rows)
		return hr_fail(err, HR_E_USAGE, "dicom: the region begins outside the image");
	if (r.width == 0 || r.width > columns - r.x)
		r.width = columns - r.x;
	if (r.height == 0 || r.height > rows - r.y)
		r.height = rows - r.y;
	*out = r;
	return true;
}

bool replace(image_ptr *image, DicomImage *next, hr_error *err)
{
	image->reset(next);
	if (!next || next->getStatus() != EIS_Normal)
		return hr_fail(err, HR_E_UNSUPPORTED,
			       "dicom: the picture cannot be cut or scaled so");
	return true;
}

bool cut(image_ptr *image, const hr_render_options *options, hr_error *err)
{
	auto columns = static_cast<long>((*image)->getWidth());
	auto rows = static_cast<long>((*image)->getHeight());
	region r = {};

	if (!choose_region(image->get(), options, &r, err))
		return false;
	if ((r.width != columns || r.height != rows) &&
	    !replace(image,
		     (*image)->createClippedImage(r.x, r.y, static_cast<unsigned long>(r.width),
						  static_cast<unsigned long>(r.height)),
		     err))
		return false;
	if (r.mirror_x || r.mirror_y)
		return (*image)->flipImage(r.mirror_x, r.mirror_y) ||
		       hr_fail(err, HR_E_UNSUPPORTED, "dicom: the picture cannot be mirrored");
	return true;
}

/*
 * As large as fits, its shape kept: the height counts by how high a pixel is.
 * The side that touches the viewport is given, DCMTK finds the other one.
 */
bool scale(image_ptr *image, const hr_render_options *options, hr_error *err)
{
	double ratio = (*image)->getHeightWidthRatio();
	auto width = static_cast<double>((*image)->getWidth());
	auto height = static_cast<double>((*image)->getHeight());
	double across = options->viewport_width ? options->viewport_width / width : HUGE_VAL;
	double down = HUGE_VAL;
	double factor = 0;
	unsigned long side = 0;

	if (options->viewport_width == 0 && options->viewport_height == 0)
		return true;
	if (!(ratio > 0.001 && ratio < 1000))
		return hr_fail(err, HR_E_UNSUPPORTED, "dicom: the pixels are too far from square");
	height *= ratio;
	if (options->viewport_height)
		down = options->viewport_height / height;
	factor = fmin(across, down);
	if (options->shrink_only && factor >= 1)
		return true;
	if (fmax(width, height) * factor > HR_RENDER_VIEWPORT_MAX)
		return hr_fail(err, HR_E_LIMIT,
			       "dicom: the picture would be over %d pixels wide or high",
			       HR_RENDER_VIEWPORT_MAX);
	side = across <= down ? options->viewport_width : options->viewport_height;
	return replace(image,
		       across <= down ? (*image)->createScaledImage(side, 0UL, 1, 1)
				      : (*image)->createScaledImage(0UL, side, 1, 1),
		       err);
}

/* --- the picture --- */

bool take_picture(DicomImage *image, hr_arena *arena, hr_picture *out, hr_error *err)
{
	hr_picture picture = { static_cast<uint32_t>(image->getWidth()),
			       static_cast<uint32_t>(image->getHeight()), !image->isMonochrome(),
			       nullptr };
	size_t size =
		static_cast<size_t>(picture.width) * picture.height * (picture.colour ? 3 : 1);
	const void *samples = image->getOutputData(8);

	if (!samples || image->getOutputDataSize(8) < size)
		return hr_fail(err, HR_E_UNSUPPORTED, "dicom: no picture comes of these pixels");
	picture.samples = static_cast<const char *>(hr_arena_copy(arena, samples, size));
	if (!picture.samples)
		return hr_fail_memory(err);
	*out = picture;
	return true;
}

bool render(const hr_pixels *pixels, hr_str header, hr_dicom_encoding encoding,
	    const hr_render_options *options, hr_arena *arena, hr_picture *out, hr_error *err)
{
	DcmDataset data_set;
	OFCondition condition;
	image_ptr image;

	start();
	condition = put_elements(&data_set, header, encoding);
	put_form(&data_set, &pixels->form);
	if (condition.good())
		condition = put_samples(&data_set, pixels);
	if (condition.bad())
		return hr_fail(err, HR_E_SYNTAX, "dicom: the image cannot be read: %s",
			       condition.text());
	image.reset(
		new DicomImage(&data_set, EXS_LittleEndianExplicit, CIF_MayDetachPixelData, 0, 1));
	if (image->getStatus() != EIS_Normal)
		return hr_fail(err, HR_E_UNSUPPORTED, "dicom: no picture comes of this image: %s",
			       DicomImage::getString(image->getStatus()));
	image->showAllOverlays();
	return choose_window(image.get(), options, err) && cut(&image, options, err) &&
	       scale(&image, options, err) && take_picture(image.get(), arena, out, err);
}
} // namespace

bool hr_dcmtk_decode(hr_str transfer_syntax, hr_str sop_class, hr_str bytes, hr_dicom_image *form,
		     hr_arena *arena, hr_str *out, hr_error *err)
{
	try {
		return decode(transfer_syntax, sop_class, bytes, form, arena, out, err);
	} catch (const std::bad_alloc &) {
		return hr_fail_memory(err);
	} catch (...) {
		return hr_fail(err, HR_E_INTERNAL, "dicom: DCMTK failed");
	}
}

bool hr_dcmtk_to_explicit(const hr_dicom_scan *scan, hr_arena *arena, hr_str *out, hr_error *err)
{
	try {
		return to_explicit(scan, arena, out, err);
	} catch (const std::bad_alloc &) {
		return hr_fail_memory(err);
	} catch (...) {
		return hr_fail(err, HR_E_INTERNAL, "dicom: DCMTK failed");
	}
}

bool hr_dcmtk_render(const hr_pixels *pixels, hr_str header, hr_dicom_encoding encoding,
		     const hr_render_options *options, hr_arena *arena, hr_picture *out,
		     hr_error *err)
{
	try {
		return render(pixels, header, encoding, options, arena, out, err);
	} catch (const std::bad_alloc &) {
		return hr_fail_memory(err);
	} catch (...) {
		return hr_fail(err, HR_E_INTERNAL, "dicom: DCMTK failed");
	}
}
