/*
 * A refusal as a document: application/problem+json (RFC 9457), or a FHIR
 * OperationOutcome for who asked for FHIR, or a page for who asked for one.
 * Titles are those of base/error.h.
 */
#pragma once

#include "service/http.h"

/*
 * `status` is hr_error_http(err->code) but where HTTP itself has a closer one
 * (405, 408, 431). Never fails: a fixed document when memory is short.
 */
void hr_problem_write(const hr_http_request *request, int status, const hr_error *err,
		      hr_http_response *out);
