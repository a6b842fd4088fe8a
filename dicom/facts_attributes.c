#include "dicom/facts_attributes.h"

enum level { STUDY, SERIES, INSTANCE, LEVELS };

struct attribute {
	uint32_t tag;
	uint8_t level;
	bool shown;
};

/* By tag. InstitutionName is the equipment's, but it is asked of studies. */
static const struct attribute attributes[] = {
	{ 0x00080008, INSTANCE, false }, /* ImageType */
	{ 0x00080012, INSTANCE, false }, /* InstanceCreationDate */
	{ 0x00080013, INSTANCE, false }, /* InstanceCreationTime */
	{ 0x00080016, INSTANCE, true },	 /* SOPClassUID */
	{ 0x00080018, INSTANCE, true },	 /* SOPInstanceUID */
	{ 0x00080020, STUDY, true },	 /* StudyDate */
	{ 0x00080021, SERIES, false },	 /* SeriesDate */
	{ 0x00080022, INSTANCE, false }, /* AcquisitionDate */
	{ 0x00080023, INSTANCE, false }, /* ContentDate */
	{ 0x0008002A, INSTANCE, false }, /* AcquisitionDateTime */
	{ 0x00080030, STUDY, true },	 /* StudyTime */
	{ 0x00080031, SERIES, false },	 /* SeriesTime */
	{ 0x00080032, INSTANCE, false }, /* AcquisitionTime */
	{ 0x00080033, INSTANCE, false }, /* ContentTime */
	{ 0x00080050, STUDY, true },	 /* AccessionNumber */
	{ 0x00080051, STUDY, false },	 /* IssuerOfAccessionNumberSequence */
	{ 0x00080060, SERIES, true },	 /* Modality */
	{ 0x00080064, SERIES, false },	 /* ConversionType */
	{ 0x00080068, SERIES, false },	 /* PresentationIntentType */
	{ 0x00080070, SERIES, false },	 /* Manufacturer */
	{ 0x00080080, STUDY, false },	 /* InstitutionName */
	{ 0x00080081, SERIES, false },	 /* InstitutionAddress */
	{ 0x00080090, STUDY, true },	 /* ReferringPhysicianName */
	{ 0x00080201, STUDY, true },	 /* TimezoneOffsetFromUTC */
	{ 0x00081010, SERIES, false },	 /* StationName */
	{ 0x00081030, STUDY, false },	 /* StudyDescription */
	{ 0x00081032, STUDY, false },	 /* ProcedureCodeSequence */
	{ 0x0008103E, SERIES, true },	 /* SeriesDescription */
	{ 0x0008103F, SERIES, false },	 /* SeriesDescriptionCodeSequence */
	{ 0x00081040, SERIES, false },	 /* InstitutionalDepartmentName */
	{ 0x00081048, STUDY, false },	 /* PhysiciansOfRecord */
	{ 0x00081050, SERIES, false },	 /* PerformingPhysicianName */
	{ 0x00081060, STUDY, false },	 /* NameOfPhysiciansReadingStudy */
	{ 0x00081070, SERIES, false },	 /* OperatorsName */
	{ 0x00081080, STUDY, false },	 /* AdmittingDiagnosesDescription */
	{ 0x00081090, SERIES, false },	 /* ManufacturerModelName */
	{ 0x00081110, STUDY, false },	 /* ReferencedStudySequence */
	{ 0x00081111, SERIES, false },	 /* ReferencedPerformedProcedureStepSequence */
	{ 0x00082111, INSTANCE, false }, /* DerivationDescription */
	{ 0x00083002, INSTANCE, false }, /* AvailableTransferSyntaxUID */
	{ 0x00100010, STUDY, true },	 /* PatientName */
	{ 0x00100020, STUDY, true },	 /* PatientID */
	{ 0x00100021, STUDY, false },	 /* IssuerOfPatientID */
	{ 0x00100022, STUDY, false },	 /* TypeOfPatientID */
	{ 0x00100024, STUDY, false },	 /* IssuerOfPatientIDQualifiersSequence */
	{ 0x00100030, STUDY, true },	 /* PatientBirthDate */
	{ 0x00100032, STUDY, false },	 /* PatientBirthTime */
	{ 0x00100040, STUDY, true },	 /* PatientSex */
	{ 0x00101000, STUDY, false },	 /* OtherPatientIDs */
	{ 0x00101001, STUDY, false },	 /* OtherPatientNames */
	{ 0x00101002, STUDY, false },	 /* OtherPatientIDsSequence */
	{ 0x00101010, STUDY, false },	 /* PatientAge */
	{ 0x00101020, STUDY, false },	 /* PatientSize */
	{ 0x00101030, STUDY, false },	 /* PatientWeight */
	{ 0x00102160, STUDY, false },	 /* EthnicGroup */
	{ 0x00102180, STUDY, false },	 /* Occupation */
	{ 0x001021B0, STUDY, false },	 /* AdditionalPatientHistory */
	{ 0x00104000, STUDY, false },	 /* PatientComments */
	{ 0x00180010, INSTANCE, false }, /* ContrastBolusAgent */
	{ 0x00180015, SERIES, false },	 /* BodyPartExamined */
	{ 0x00180020, INSTANCE, false }, /* ScanningSequence */
	{ 0x00180040, INSTANCE, false }, /* CineRate */
	{ 0x00180050, INSTANCE, false }, /* SliceThickness */
	{ 0x00180060, INSTANCE, false }, /* KVP */
	{ 0x00180080, INSTANCE, false }, /* RepetitionTime */
	{ 0x00180081, INSTANCE, false }, /* EchoTime */
	{ 0x00180082, INSTANCE, false }, /* InversionTime */
	{ 0x00180087, INSTANCE, false }, /* MagneticFieldStrength */
	{ 0x00180088, INSTANCE, false }, /* SpacingBetweenSlices */
	{ 0x00181000, SERIES, false },	 /* DeviceSerialNumber */
	{ 0x00181020, SERIES, false },	 /* SoftwareVersions */
	{ 0x00181030, SERIES, false },	 /* ProtocolName */
	{ 0x00181063, INSTANCE, false }, /* FrameTime */
	{ 0x00181150, INSTANCE, false }, /* ExposureTime */
	{ 0x00181151, INSTANCE, false }, /* XRayTubeCurrent */
	{ 0x00181164, INSTANCE, false }, /* ImagerPixelSpacing */
	{ 0x00181210, INSTANCE, false }, /* ConvolutionKernel */
	{ 0x00185100, SERIES, false },	 /* PatientPosition */
	{ 0x00185101, INSTANCE, false }, /* ViewPosition */
	{ 0x0020000D, STUDY, true },	 /* StudyInstanceUID */
	{ 0x0020000E, SERIES, true },	 /* SeriesInstanceUID */
	{ 0x00200010, STUDY, true },	 /* StudyID */
	{ 0x00200011, SERIES, true },	 /* SeriesNumber */
	{ 0x00200012, INSTANCE, false }, /* AcquisitionNumber */
	{ 0x00200013, INSTANCE, true },	 /* InstanceNumber */
	{ 0x00200020, INSTANCE, false }, /* PatientOrientation */
	{ 0x00200032, INSTANCE, false }, /* ImagePositionPatient */
	{ 0x00200037, INSTANCE, false }, /* ImageOrientationPatient */
	{ 0x00200052, SERIES, false },	 /* FrameOfReferenceUID */
	{ 0x00200060, SERIES, false },	 /* Laterality */
	{ 0x00200062, INSTANCE, false }, /* ImageLaterality */
	{ 0x00201040, SERIES, false },	 /* PositionReferenceIndicator */
	{ 0x00201041, INSTANCE, false }, /* SliceLocation */
	{ 0x00204000, INSTANCE, false }, /* ImageComments */
	{ 0x00280002, INSTANCE, false }, /* SamplesPerPixel */
	{ 0x00280004, INSTANCE, false }, /* PhotometricInterpretation */
	{ 0x00280006, INSTANCE, false }, /* PlanarConfiguration */
	{ 0x00280008, INSTANCE, true },	 /* NumberOfFrames */
	{ 0x00280010, INSTANCE, true },	 /* Rows */
	{ 0x00280011, INSTANCE, true },	 /* Columns */
	{ 0x00280030, INSTANCE, false }, /* PixelSpacing */
	{ 0x00280034, INSTANCE, false }, /* PixelAspectRatio */
	{ 0x00280100, INSTANCE, true },	 /* BitsAllocated */
	{ 0x00280101, INSTANCE, false }, /* BitsStored */
	{ 0x00280102, INSTANCE, false }, /* HighBit */
	{ 0x00280103, INSTANCE, false }, /* PixelRepresentation */
	{ 0x00280301, INSTANCE, false }, /* BurnedInAnnotation */
	{ 0x00281050, INSTANCE, false }, /* WindowCenter */
	{ 0x00281051, INSTANCE, false }, /* WindowWidth */
	{ 0x00281052, INSTANCE, false }, /* RescaleIntercept */
	{ 0x00281053, INSTANCE, false }, /* RescaleSlope */
	{ 0x00281054, INSTANCE, false }, /* RescaleType */
	{ 0x00281055, INSTANCE, false }, /* WindowCenterWidthExplanation */
	{ 0x00282110, INSTANCE, false }, /* LossyImageCompression */
	{ 0x00282112, INSTANCE, false }, /* LossyImageCompressionRatio */
	{ 0x00282114, INSTANCE, false }, /* LossyImageCompressionMethod */
	{ 0x00321032, STUDY, false },	 /* RequestingPhysician */
	{ 0x00321033, STUDY, false },	 /* RequestingService */
	{ 0x00321060, STUDY, false },	 /* RequestedProcedureDescription */
	{ 0x00321064, STUDY, false },	 /* RequestedProcedureCodeSequence */
	{ 0x00380010, STUDY, false },	 /* AdmissionID */
	{ 0x00400244, SERIES, true },	 /* PerformedProcedureStepStartDate */
	{ 0x00400245, SERIES, true },	 /* PerformedProcedureStepStartTime */
	{ 0x00400253, SERIES, false },	 /* PerformedProcedureStepID */
	{ 0x00400254, SERIES, false },	 /* PerformedProcedureStepDescription */
	{ 0x00400260, SERIES, false },	 /* PerformedProtocolCodeSequence */
	{ 0x00400275, SERIES, true },	 /* RequestAttributesSequence */
	{ 0x0040A043, INSTANCE, false }, /* ConceptNameCodeSequence */
	{ 0x0040A370, INSTANCE, false }, /* ReferencedRequestSequence */
	{ 0x0040A491, INSTANCE, false }, /* CompletionFlag */
	{ 0x0040A493, INSTANCE, false }, /* VerificationFlag */
	{ 0x00420010, INSTANCE, false }, /* DocumentTitle */
	{ 0x00420012, INSTANCE, false }, /* MIMETypeOfEncapsulatedDocument */
	{ 0x00540081, INSTANCE, false }, /* NumberOfSlices */
	{ 0x00541001, INSTANCE, false }, /* Units */
	{ 0x00700080, INSTANCE, false }, /* ContentLabel */
	{ 0x00700081, INSTANCE, false }, /* ContentDescription */
	{ 0x00700082, INSTANCE, false }, /* PresentationCreationDate */
	{ 0x00700083, INSTANCE, false }, /* PresentationCreationTime */
	{ 0x00700084, INSTANCE, false }, /* ContentCreatorName */
};

static void add_member(const hr_dicom_json *json, const hr_dicom_member *member, hr_buf *out,
		       size_t limit)
{
	hr_str text = hr_str_slice(json->text, member->from, member->to);

	if (member->has_uri || text.len > HR_FACTS_MEMBER_MAX || out->len + text.len >= limit)
		return;
	if (out->len)
		hr_buf_add_char(out, ',');
	hr_buf_add(out, text);
}

bool hr_facts_find_levels(const hr_dicom_json *json, hr_arena *arena, hr_film_facts *facts,
			  hr_error *err)
{
	hr_facts_level *const levels[LEVELS] = { &facts->study_json, &facts->series_json,
						 &facts->instance_json };
	const struct attribute *at = attributes;
	const struct attribute *end = at + sizeof(attributes) / sizeof(attributes[0]);
	hr_buf bufs[LEVELS][2];

	for (int i = 0; i < 2 * LEVELS; i++)
		hr_buf_init(&bufs[i / 2][i % 2], arena, SIZE_MAX);
	for (size_t i = 0; i < json->member_count; i++) {
		const hr_dicom_member *member = &json->members[i];

		while (at < end && at->tag < member->tag)
			at++;
		if (at < end && at->tag == member->tag)
			add_member(json, member, &bufs[at->level][at->shown],
				   at->shown ? SIZE_MAX : HR_FACTS_LEVEL_MAX);
	}
	for (int i = 0; i < LEVELS; i++) {
		if (bufs[i][0].failed || bufs[i][1].failed)
			return hr_fail_memory(err);
		levels[i]->more = hr_buf_str(&bufs[i][0]);
		levels[i]->shown = hr_buf_str(&bufs[i][1]);
	}
	return true;
}
