/*
 * The called side of an association, by DCMTK's network code. An object's bytes
 * go by as they came; no data set is read into DCMTK's tree.
 */
#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcostrma.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmnet/dcmlayer.h>
#include <dcmtk/dcmnet/dcmtrans.h>
#include <dcmtk/dcmnet/dimse.h>
#include <dcmtk/oflog/oflog.h>

#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <vector>

extern "C" {
#include "dicom/association.h"
#include "dicom/encode.h"
#include "dicom/presentation.h"
}

namespace
{
enum { PDU_BYTES = ASC_MAXIMUMPDUSIZE, DATA_BYTES_MAX = 16 << 20, CONNECT_SECONDS = 10 };

hr_str str_of(const char *text)
{
	return hr_str{ text, strlen(text) };
}

template <size_t N> void set(char (&to)[N], const char *from)
{
	OFStandard::strlcpy(to, from, N);
}

/* --- the wire --- */

/*
 * Nagle's algorithm is on in stock senders: a small write of theirs waits for
 * the ACK of the one before, which the kernel holds back for 40 ms. So the ACK
 * is asked for at once; the kernel forgets that it was, so after every read.
 */
class Connection : public DcmTCPConnection
{
public:
	explicit Connection(DcmNativeSocketType socket) : DcmTCPConnection(socket)
	{
		const int on = 1;

		setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		acknowledge();
	}

	ssize_t read(void *to, size_t len) override
	{
		ssize_t got = DcmTCPConnection::read(to, len);

		acknowledge();
		return got;
	}

private:
	void acknowledge()
	{
		const int on = 1;

		setsockopt(getSocket(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
	}
};

class Layer : public DcmTransportLayer
{
public:
	DcmTransportConnection *createConnection(DcmNativeSocketType socket, OFBool secure) override
	{
		return secure ? nullptr : new Connection(socket);
	}
};

/* What is read of a data set is handed on; it says nothing of what became of it. */
struct Taker {
	void (*add)(void *context, hr_str bytes);
	void *context;
};

/* Takes whatever comes, so that a message is read to its end whatever became of its object. */
class Sink : public DcmConsumer
{
public:
	explicit Sink(const Taker *taker) : taker_(taker)
	{
	}

	OFBool good() const override
	{
		return OFTrue;
	}
	OFCondition status() const override
	{
		return EC_Normal;
	}
	OFBool isFlushed() const override
	{
		return OFTrue;
	}
	offile_off_t avail() const override
	{
		return PDU_BYTES;
	}
	offile_off_t write(const void *bytes, offile_off_t len) override
	{
		taker_->add(taker_->context,
			    hr_str{ static_cast<const char *>(bytes), static_cast<size_t>(len) });
		return len;
	}
	void flush() override
	{
	}

private:
	const Taker *taker_;
};

class Stream : public DcmOutputStream
{
public:
	explicit Stream(Sink *sink) : DcmOutputStream(sink)
	{
	}
};

/* --- an association --- */

struct Association {
	const hr_association_options *options;
	const hr_association_handler *handler;
	T_ASC_Network *network;
	T_ASC_Association *dul;
	int socket;
	char calling[HR_AE_MAX + 1];
	char called[HR_AE_MAX + 1];
	hr_association_peer peer;
	DcmDataset *report; /* that is not answered yet */
	Uint16 report_type;
};

void close_association(Association *a)
{
	delete a->report;
	if (a->dul) {
		ASC_dropAssociation(a->dul);
		ASC_destroyAssociation(&a->dul);
	}
	if (a->network)
		ASC_dropNetwork(&a->network);
}

bool fail(hr_error *err, const char *what, const OFCondition &why)
{
	return hr_fail(err, HR_E_IO, "dicom: %s: %s", what, why.text());
}

/* What DCMTK has to say goes nowhere: it quotes names and values. */
void set_up(const hr_association_options *options)
{
	OFLog::configure(OFLogger::OFF_LOG_LEVEL);
	dcmDisableGethostbyaddr.set(OFTrue);
	dcmConnectionTimeout.set(CONNECT_SECONDS);
	dcmSocketReceiveTimeout.set(static_cast<Sint32>(options->message_seconds));
	dcmSocketSendTimeout.set(static_cast<Sint32>(options->message_seconds));
}

OFCondition open_network(Association *a, T_ASC_NetworkRole role)
{
	static Layer layer;
	OFCondition condition = ASC_initializeNetwork(
		role, 0, static_cast<int>(a->options->associate_seconds), &a->network);

	if (condition.good())
		condition = ASC_setTransportLayer(a->network, &layer, 0);
	return condition;
}

/* --- what is agreed on --- */

OFCondition agree_on(T_ASC_Parameters *params, const T_ASC_PresentationContext *proposed)
{
	hr_str syntaxes[DICOM_MAXTRANSFERSYNTAXES];
	const T_ASC_SC_ROLE role = proposed->proposedRole == ASC_SC_ROLE_NONE
					   ? ASC_SC_ROLE_DEFAULT
					   : proposed->proposedRole;
	size_t chosen = 0;

	for (int i = 0; i < proposed->transferSyntaxCount; i++)
		syntaxes[i] = str_of(proposed->proposedTransferSyntaxes[i]);
	switch (hr_presentation_choose(str_of(proposed->abstractSyntax), syntaxes,
				       proposed->transferSyntaxCount, &chosen)) {
	case HR_PRESENTATION_NO_CLASS:
		return ASC_refusePresentationContext(params, proposed->presentationContextID,
						     ASC_P_ABSTRACTSYNTAXNOTSUPPORTED);
	case HR_PRESENTATION_NO_SYNTAX:
		return ASC_refusePresentationContext(params, proposed->presentationContextID,
						     ASC_P_TRANSFERSYNTAXESNOTSUPPORTED);
	default:
		return ASC_acceptPresentationContext(params, proposed->presentationContextID,
						     proposed->proposedTransferSyntaxes[chosen],
						     role);
	}
}

OFCondition agree(Association *a)
{
	T_ASC_Parameters *params = a->dul->params;
	const int count = ASC_countPresentationContexts(params);
	OFCondition condition = EC_Normal;

	for (int i = 0; i < count && condition.good(); i++) {
		T_ASC_PresentationContext proposed;

		condition = ASC_getPresentationContext(params, i, &proposed);
		if (condition.good())
			condition = agree_on(params, &proposed);
	}
	set(params->ourImplementationClassUID, HR_DICOM_IMPLEMENTATION);
	set(params->ourImplementationVersionName, HR_DICOM_IMPLEMENTATION_NAME);
	return condition.good() ? ASC_acknowledgeAssociation(a->dul) : condition;
}

OFCondition refuse(Association *a, hr_association_verdict verdict)
{
	static const T_ASC_RejectParameters reasons[] = {
		{ ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER, ASC_REASON_SU_NOREASON },
		{ ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER,
		  ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED },
		{ ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER,
		  ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED },
		{ ASC_RESULT_REJECTEDTRANSIENT, ASC_SOURCE_SERVICEPROVIDER_PRESENTATION_RELATED,
		  ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED },
	};

	return ASC_rejectAssociation(a->dul, &reasons[verdict]);
}

bool open_association(Association *a, bool *taken, hr_error *err)
{
	hr_association_verdict verdict = HR_ASSOCIATION_BUSY;

	dcmExternalSocketHandle.set(a->socket);
	OFCondition condition = open_network(a, NET_ACCEPTOR);
	if (condition.good())
		condition = ASC_receiveAssociation(a->network, &a->dul, PDU_BYTES, nullptr, nullptr,
						   OFFalse, DUL_NOBLOCK,
						   static_cast<int>(a->options->associate_seconds));
	if (condition.bad())
		return fail(err, "no association was asked for", condition);
	ASC_getAPTitles(a->dul->params, a->calling, sizeof(a->calling), a->called,
			sizeof(a->called), nullptr, 0);
	verdict = a->handler->admit(a->handler->context, str_of(a->calling), str_of(a->called),
				    &a->peer);
	*taken = verdict == HR_ASSOCIATION_TAKEN;
	if (*taken)
		condition = agree(a);
	else
		condition = refuse(a, verdict);
	return condition.good() || fail(err, "an association was not agreed on", condition);
}

/* --- messages --- */

OFCondition receive_data(Association *a, T_ASC_PresentationContextID id, const Taker *taker)
{
	T_ASC_PresentationContextID data_id = 0;
	Sink sink(taker);
	Stream stream(&sink);
	OFCondition condition = DIMSE_receiveDataSetInFile(
		a->dul, DIMSE_NONBLOCKING, static_cast<int>(a->options->message_seconds), &data_id,
		&stream, nullptr, nullptr);

	if (condition.good() && data_id != id)
		return makeDcmnetCondition(DIMSEC_INVALIDPRESENTATIONCONTEXTID, OF_error,
					   "a data set of another context");
	return condition;
}

OFCondition answer_store(Association *a, T_ASC_PresentationContextID id,
			 const T_DIMSE_C_StoreRQ *request, const hr_dimse_status *status)
{
	T_DIMSE_C_StoreRSP response = {};
	DcmDataset detail;

	response.MessageIDBeingRespondedTo = request->MessageID;
	response.DimseStatus = status->code;
	response.DataSetType = DIMSE_DATASET_NULL;
	set(response.AffectedSOPClassUID, request->AffectedSOPClassUID);
	set(response.AffectedSOPInstanceUID, request->AffectedSOPInstanceUID);
	response.opts = O_STORE_AFFECTEDSOPCLASSUID | O_STORE_AFFECTEDSOPINSTANCEUID;
	if (request->opts & O_STORE_RQ_BLANK_PADDING)
		response.opts |= O_STORE_RSP_BLANK_PADDING;
	if (status->comment[0])
		detail.putAndInsertString(DCM_ErrorComment, status->comment);
	return DIMSE_sendStoreResponse(a->dul, id, request, &response,
				       status->comment[0] ? &detail : nullptr);
}

OFCondition take_store(Association *a, T_ASC_PresentationContextID id,
		       const T_DIMSE_C_StoreRQ *request)
{
	const hr_association_handler *handler = a->handler;
	T_ASC_PresentationContext context;
	hr_dimse_status status = {};
	const Taker taker = { handler->add, handler->context };
	OFCondition condition = ASC_findAcceptedPresentationContext(a->dul->params, id, &context);
	hr_store_request begun;

	if (condition.bad() || request->DataSetType == DIMSE_DATASET_NULL)
		return condition.bad() ? condition : DIMSE_BADMESSAGE;
	begun = { str_of(a->calling), str_of(request->AffectedSOPClassUID),
		  str_of(request->AffectedSOPInstanceUID), str_of(context.acceptedTransferSyntax) };
	handler->begin(handler->context, &begun);
	condition = receive_data(a, id, &taker);
	handler->end(handler->context, condition.good(), &status);
	return condition.good() ? answer_store(a, id, request, &status) : condition;
}

/* --- Storage Commitment (PS3.4 annex J) --- */

enum { ACTION_COMMIT = 1, ALL_PRESENT = 1, SOME_MISSING = 2, NO_SUCH_INSTANCE = 0x0112 };

/* A request, in memory. */
struct Kept {
	std::vector<char> bytes;
	bool is_cut;
};

void keep(void *context, hr_str bytes)
{
	Kept *kept = static_cast<Kept *>(context);

	if (kept->bytes.size() + bytes.len <= DATA_BYTES_MAX)
		kept->bytes.insert(kept->bytes.end(), bytes.data, bytes.data + bytes.len);
	else
		kept->is_cut = true;
}

void put_text(DcmItem *item, const DcmTagKey &tag, hr_str text)
{
	item->putAndInsertOFStringArray(tag, OFString(text.data, text.len));
}

void add_reference(DcmDataset *report, const hr_commit_item *item)
{
	DcmItem *to = nullptr;

	report->findOrCreateSequenceItem(
		item->present ? DCM_ReferencedSOPSequence : DCM_FailedSOPSequence, to, -2);
	if (!to)
		return;
	put_text(to, DCM_ReferencedSOPClassUID, item->sop_class);
	put_text(to, DCM_ReferencedSOPInstanceUID, item->instance_uid);
	if (!item->present)
		to->putAndInsertUint16(DCM_FailureReason, NO_SUCH_INSTANCE);
}

void make_report(Association *a, const hr_commit *commit)
{
	delete a->report;
	a->report = new DcmDataset();
	a->report_type = ALL_PRESENT;
	put_text(a->report, DCM_TransactionUID, commit->transaction_uid);
	for (size_t i = 0; i < commit->count; i++) {
		add_reference(a->report, &commit->items[i]);
		if (!commit->items[i].present)
			a->report_type = SOME_MISSING;
	}
}

OFCondition send_report(Association *a, T_ASC_PresentationContextID id)
{
	T_DIMSE_Message message = {};
	T_DIMSE_N_EventReportRQ *request = &message.msg.NEventReportRQ;

	message.CommandField = DIMSE_N_EVENT_REPORT_RQ;
	request->MessageID = a->dul->nextMsgID++;
	request->DataSetType = DIMSE_DATASET_PRESENT;
	request->EventTypeID = a->report_type;
	set(request->AffectedSOPClassUID, UID_StorageCommitmentPushModelSOPClass);
	set(request->AffectedSOPInstanceUID, UID_StorageCommitmentPushModelSOPInstance);
	return DIMSE_sendMessageUsingMemoryData(a->dul, id, &message, nullptr, a->report, nullptr,
						nullptr);
}

OFCondition answer_action(Association *a, T_ASC_PresentationContextID id,
			  const T_DIMSE_N_ActionRQ *request, uint16_t status)
{
	T_DIMSE_Message message = {};
	T_DIMSE_N_ActionRSP *response = &message.msg.NActionRSP;

	message.CommandField = DIMSE_N_ACTION_RSP;
	response->MessageIDBeingRespondedTo = request->MessageID;
	response->DimseStatus = status;
	response->DataSetType = DIMSE_DATASET_NULL;
	response->ActionTypeID = request->ActionTypeID;
	set(response->AffectedSOPClassUID, request->RequestedSOPClassUID);
	set(response->AffectedSOPInstanceUID, request->RequestedSOPInstanceUID);
	response->opts = O_NACTION_AFFECTEDSOPCLASSUID | O_NACTION_AFFECTEDSOPINSTANCEUID |
			 O_NACTION_ACTIONTYPEID;
	return DIMSE_sendMessageUsingMemoryData(a->dul, id, &message, nullptr, nullptr, nullptr,
						nullptr);
}

/* What is asked for; the report is made, not sent. */
uint16_t decide_commit(Association *a, const T_ASC_PresentationContext *context, const Kept *kept)
{
	hr_str data_set = { kept->bytes.data(), kept->bytes.size() };
	hr_dimse_status status = {};
	hr_commit commit = {};

	if (kept->is_cut)
		return STATUS_N_ResourceLimitation;
	a->handler->commit(a->handler->context, str_of(context->acceptedTransferSyntax), data_set,
			   &commit, &status);
	if (status.code == STATUS_N_Success)
		make_report(a, &commit);
	return status.code;
}

OFCondition take_action(Association *a, T_ASC_PresentationContextID id,
			const T_DIMSE_N_ActionRQ *request)
{
	T_ASC_PresentationContext context;
	Kept kept = {};
	const Taker taker = { keep, &kept };
	uint16_t status = STATUS_N_NoSuchAction;
	OFCondition condition = ASC_findAcceptedPresentationContext(a->dul->params, id, &context);

	if (condition.good() && request->DataSetType != DIMSE_DATASET_NULL)
		condition = receive_data(a, id, &taker);
	if (condition.bad())
		return condition;
	if (strcmp(context.abstractSyntax, UID_StorageCommitmentPushModelSOPClass) != 0)
		status = STATUS_N_NoSuchSOPClass;
	else if (request->ActionTypeID == ACTION_COMMIT)
		status = decide_commit(a, &context, &kept);
	condition = answer_action(a, id, request, status);
	if (condition.good() && status == STATUS_N_Success)
		condition = send_report(a, id);
	return condition;
}

/* --- the loop --- */

OFCondition take_message(Association *a, T_ASC_PresentationContextID id, T_DIMSE_Message *message)
{
	switch (message->CommandField) {
	case DIMSE_C_ECHO_RQ:
		return DIMSE_sendEchoResponse(a->dul, id, &message->msg.CEchoRQ,
					      STATUS_ECHO_Success, nullptr);
	case DIMSE_C_STORE_RQ:
		return take_store(a, id, &message->msg.CStoreRQ);
	case DIMSE_N_ACTION_RQ:
		return take_action(a, id, &message->msg.NActionRQ);
	case DIMSE_N_EVENT_REPORT_RSP:
		delete a->report;
		a->report = nullptr;
		return EC_Normal;
	default:
		return DIMSE_BADCOMMANDTYPE;
	}
}

/* Is there something of the peer's? Not when we are to end, or he has been silent too long. */
bool wait_for_message(const Association *a)
{
	pollfd ready[] = { { a->socket, POLLIN, 0 }, { a->options->control, POLLIN, 0 } };
	int n = 0;

	do
		n = poll(ready, 2, static_cast<int>(a->options->idle_seconds) * 1000);
	while (n < 0 && errno == EINTR);
	return n > 0 && !ready[1].revents;
}

OFCondition take_one(Association *a)
{
	T_ASC_PresentationContextID id = 0;
	T_DIMSE_Message message = {};
	OFCondition condition = DIMSE_receiveCommand(a->dul, DIMSE_NONBLOCKING,
						     static_cast<int>(a->options->message_seconds),
						     &id, &message, nullptr, nullptr);

	return condition.good() ? take_message(a, id, &message) : condition;
}

/* True: the peer has released it, or has just gone, which is his affair. */
bool run(Association *a, hr_error *err)
{
	OFCondition condition = EC_Normal;

	while (condition.good() && wait_for_message(a))
		condition = take_one(a);
	if (condition == DUL_PEERREQUESTEDRELEASE) {
		ASC_acknowledgeRelease(a->dul);
		return true;
	}
	if (condition == DUL_PEERABORTEDASSOCIATION || condition == DUL_NETWORKCLOSED)
		return true;
	shutdown(a->socket, SHUT_RD); /* else DCMTK waits for the peer to close */
	ASC_abortAssociation(a->dul);
	return condition.good() || fail(err, "an association was broken off", condition);
}

/* --- a report behind the association --- */

OFCondition call_peer(Association *a, const Association *before)
{
	static const char *syntaxes[] = { UID_LittleEndianExplicitTransferSyntax,
					  UID_LittleEndianImplicitTransferSyntax };
	T_ASC_Parameters *params = nullptr;
	OFCondition condition = open_network(a, NET_REQUESTOR);
	char address[300];

	snprintf(address, sizeof(address), "%s:%u", before->peer.host, before->peer.port);
	if (condition.good())
		condition = ASC_createAssociationParameters(&params, PDU_BYTES);
	if (condition.bad())
		return condition;
	ASC_setAPTitles(params, before->called, before->calling, nullptr);
	ASC_setPresentationAddresses(params, "localhost", address);
	condition = ASC_addPresentationContext(params, 1, UID_StorageCommitmentPushModelSOPClass,
					       syntaxes, 2, ASC_SC_ROLE_SCP);
	if (condition.good())
		condition = ASC_requestAssociation(a->network, params, &a->dul);
	if (!a->dul)
		ASC_destroyAssociationParameters(&params);
	return condition;
}

/* Once: who has heard nothing asks again (PS3.4 J.3.3). */
bool report_later(Association *before, hr_error *err)
{
	Association a = {};
	OFCondition condition;
	T_ASC_PresentationContextID id = 0;
	T_DIMSE_Message answer = {};

	a.options = before->options;
	condition = call_peer(&a, before);
	if (condition.good()) {
		a.report = before->report;
		a.report_type = before->report_type;
		before->report = nullptr;
		id = ASC_findAcceptedPresentationContextID(a.dul,
							   UID_StorageCommitmentPushModelSOPClass);
		condition = id ? send_report(&a, id) : DIMSE_NOVALIDPRESENTATIONCONTEXTID;
	}
	if (condition.good())
		condition = DIMSE_receiveCommand(a.dul, DIMSE_NONBLOCKING,
						 static_cast<int>(a.options->message_seconds), &id,
						 &answer, nullptr, nullptr);
	if (condition.good())
		condition = ASC_releaseAssociation(a.dul);
	close_association(&a);
	return condition.good() ||
	       fail(err, "a commitment could not be reported to its peer", condition);
}

bool serve(Association *a, hr_error *err)
{
	bool taken = false;

	return open_association(a, &taken, err) && (!taken || run(a, err)) &&
	       (!a->report || !a->peer.host || report_later(a, err));
}
} // namespace

bool hr_association_serve(int socket, const hr_association_options *options,
			  const hr_association_handler *handler, hr_error *err)
{
	Association a = {};
	bool ok = false;

	a.options = options;
	a.handler = handler;
	a.socket = socket;
	try {
		set_up(options);
		ok = serve(&a, err);
		close_association(&a);
	} catch (const std::bad_alloc &) {
		return hr_fail_memory(err);
	} catch (...) {
		return hr_fail(err, HR_E_INTERNAL, "dicom: DCMTK failed");
	}
	return ok;
}
