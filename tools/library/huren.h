/*
 * libhuren: the decision of `huren verify`, for a program that links it in.
 *
 *	#include <huren.h>
 *	cc program.c $(pkg-config --cflags --libs huren)
 *
 * What it takes, in this order; each function's header says the rest:
 *
 *	hr_arena_open		memory of one request; reset between two
 *	hr_registry_load	a version of the catalogue out of its git registry, or
 *	hr_catalog_open_folder	a catalogue out of a folder
 *	hr_reader_open		the parsers: one for each thread
 *	hr_reader_read		the bytes of a document to neutral reports
 *	hr_recognise		the decision: a report and a question to a verdict
 *	hr_verdict_format_json	the verdict as verdict.schema.json says
 *	hr_verdict_format_text	or for a person
 *
 * A catalogue may be read by any number of threads; an arena and a reader are
 * for one at a time. Nothing here prints, exits, opens a network connection or
 * keeps anything: no clock is read but the one you put into the question.
 *
 * The promise: programs built with 0.N.x run with every other 0.N.x. What is
 * promised is what the installed headers declare and huren.map exports; the
 * static library holds more names, all hr_, that may change any day. A struct
 * of ours is filled by name ({ .at = now }), so that fields may be added.
 */
#pragma once

#include "catalog/check.h"
#include "recognition/reader.h"
#include "recognition/verdict.h"
#include "registry/registry.h"
