# One function per kind of thing that this tree builds. Every list of sources is written out.

include(CheckIPOSupported)

# What every C and C++ file of ours is compiled with.
add_library(huren_flags INTERFACE)
target_compile_options(huren_flags INTERFACE
	-Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wundef -Wpointer-arith -Wcast-qual
	# Every name may be shown: tools/library/huren.map chooses. None is replaced from outside.
	-fno-common -fno-semantic-interposition
	# By name, for clang-tidy: its own default is older than the compiler's, and DCMTK refuses it.
	$<$<COMPILE_LANGUAGE:CXX>:-std=gnu++17>
	$<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition>
	$<$<BOOL:${HUREN_WERROR}>:-Werror>)
target_compile_definitions(huren_flags INTERFACE
	_GNU_SOURCE
	# assert() guards against our own bugs and stays on in every build.
	$<$<BOOL:${HUREN_ARENA_DEBUG}>:HR_ARENA_DEBUG>)
target_include_directories(huren_flags INTERFACE ${PROJECT_SOURCE_DIR})
if(HUREN_SANITIZE)
	target_compile_options(huren_flags INTERFACE
		-fsanitize=${HUREN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
	target_link_options(huren_flags INTERFACE -fsanitize=${HUREN_SANITIZE})
endif()
if(HUREN_COVERAGE)
	target_compile_options(huren_flags INTERFACE --coverage)
	target_link_options(huren_flags INTERFACE --coverage)
endif()
if(HUREN_FUZZ)
	target_compile_options(huren_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# After how many seconds a quick test hangs. Sanitizers make one slower: the thread sanitizer 12 times.
if(HUREN_SANITIZE)
	set(HUREN_QUICK_SECONDS 900)
else()
	set(HUREN_QUICK_SECONDS 120)
endif()

# huren_floor(NAME HEADERS h... SOURCES c... [USES target...] [PRIVATE target...])
# One folder: a static library `hr_NAME`. USES are the floors below that its headers show.
# Each header must compile by itself (target all_verify_interface_header_sets).
function(huren_floor name)
	cmake_parse_arguments(F "" "" "HEADERS;SOURCES;USES;PRIVATE" ${ARGN})
	add_library(hr_${name} STATIC ${F_SOURCES})
	target_sources(hr_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${F_HEADERS})
	target_link_libraries(hr_${name} PUBLIC huren_flags ${F_USES} PRIVATE ${F_PRIVATE})
	set_target_properties(hr_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON
		POSITION_INDEPENDENT_CODE ON)
endfunction()

# huren_program(NAME SOURCES c... USES target...): an executable at the top of the build folder.
function(huren_program name)
	cmake_parse_arguments(F "" "" "SOURCES;USES" ${ARGN})
	add_executable(${name} ${F_SOURCES})
	target_link_libraries(${name} PRIVATE ${F_USES})
	set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endfunction()

# Of every test the label "single" says that there is nothing in it for the thread sanitizer.

# huren_unit_test(NAME USES target...): tests/unit/test_NAME.c with CUnit, one ctest test.
function(huren_unit_test name)
	cmake_parse_arguments(F "" "" "USES;SOURCES" ${ARGN})
	add_executable(test_${name} ${PROJECT_SOURCE_DIR}/tests/unit/test_${name}.c ${F_SOURCES})
	target_link_libraries(test_${name} PRIVATE ${F_USES} hr_testing)
	add_test(NAME unit.${name} COMMAND test_${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
	set(labels quick)
	if(NOT F_USES MATCHES "hr_service|hr_store|hr_film_book|Threads")
		list(APPEND labels single)
	endif()
	set_tests_properties(unit.${name} PROPERTIES LABELS "${labels}" TIMEOUT ${HUREN_QUICK_SECONDS})
endfunction()

# huren_integration_test(NAME LABEL label COMMAND command...): whole programs, on disks and sockets. 77 says
# "skipped". SINGLE: it has one thread, or kills processes for which others are tried under that sanitizer.
function(huren_integration_test name)
	cmake_parse_arguments(F "SINGLE" "LABEL" "COMMAND" ${ARGN})
	set(labels ${F_LABEL})
	if(F_SINGLE)
		list(APPEND labels single)
	endif()
	set(seconds_quick ${HUREN_QUICK_SECONDS})
	set(seconds_full 900)
	set(seconds_long 7200)
	add_test(NAME integration.${name} COMMAND ${F_COMMAND})
	set_tests_properties(integration.${name} PROPERTIES
		LABELS "${labels}" TIMEOUT ${seconds_${F_LABEL}} SKIP_RETURN_CODE 77)
endfunction()

add_custom_target(fuzzers)

# huren_fuzz_target(NAME USES target... [SOURCES c...]): tests/fuzz/fuzz_NAME.c. In the fuzz build it is a libFuzzer
# program; in every other build the same code replays tests/fuzz/corpus/NAME as an ordinary test.
function(huren_fuzz_target name)
	cmake_parse_arguments(F "" "" "USES;SOURCES" ${ARGN})
	add_executable(fuzz_${name} ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_${name}.c ${F_SOURCES}
		$<$<NOT:$<BOOL:${HUREN_FUZZ}>>:${PROJECT_SOURCE_DIR}/tests/fuzz/replay.c>)
	target_link_libraries(fuzz_${name} PRIVATE ${F_USES})
	set(replay)
	if(HUREN_FUZZ)
		target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
		set(replay -runs=0)
	endif()
	set_target_properties(fuzz_${name} PROPERTIES LINKER_LANGUAGE CXX)
	add_test(NAME fuzz.${name}
		COMMAND fuzz_${name} ${replay} ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
	set_tests_properties(fuzz.${name} PROPERTIES LABELS "quick;single" TIMEOUT ${HUREN_QUICK_SECONDS})
	add_dependencies(fuzzers fuzz_${name})
endfunction()

# huren_embed(TARGET SYMBOL FILE): FILE's bytes as `const unsigned char SYMBOL[]` and `const size_t SYMBOL_len`.
function(huren_embed target symbol file)
	set(out ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c)
	add_custom_command(OUTPUT ${out}
		COMMAND ${CMAKE_COMMAND} -DIN=${file} -DOUT=${out} -DSYMBOL=${symbol} -P ${PROJECT_SOURCE_DIR}/cmake/Embed.cmake
		DEPENDS ${file} ${PROJECT_SOURCE_DIR}/cmake/Embed.cmake VERBATIM)
	target_sources(${target} PRIVATE ${out})
endfunction()

# huren_press(FILE OUT): FILE as gzip makes it, the same bytes wherever it is built.
function(huren_press file out)
	get_filename_component(folder ${out} DIRECTORY)
	file(MAKE_DIRECTORY ${folder})
	add_custom_command(OUTPUT ${out} COMMAND gzip -9nc ${file} > ${out} DEPENDS ${file} VERBATIM)
endfunction()

# huren_cases(DIR): every folder below DIR with a file `command` is one test (tests/run_case).
function(huren_cases dir)
	file(GLOB_RECURSE commands CONFIGURE_DEPENDS ${dir}/command)
	foreach(command ${commands})
		get_filename_component(case ${command} DIRECTORY)
		file(RELATIVE_PATH name ${dir} ${case})
		string(REPLACE "/" "." name ${name})
		add_test(NAME case.${name}
			COMMAND ${PROJECT_SOURCE_DIR}/tests/run_case ${case} ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR})
		set_tests_properties(case.${name} PROPERTIES LABELS "quick;single" TIMEOUT ${HUREN_QUICK_SECONDS})
	endforeach()
endfunction()
