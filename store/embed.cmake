# Writes OUTPUT, a C file that holds the migrations of DIRECTORY as bytes:
#	cmake -D DIRECTORY=… -D OUTPUT=… -P embed.cmake
file(GLOB files ${DIRECTORY}/[0-9][0-9][0-9][0-9]_*.sql)
list(SORT files)
set(arrays "")
set(rows "")
set(expected 1)
foreach(path ${files})
	get_filename_component(name ${path} NAME_WE)
	string(SUBSTRING ${name} 0 4 digits)
	string(REGEX REPLACE "^0+" "" version ${digits})
	if(NOT version EQUAL expected)
		message(FATAL_ERROR "migration ${expected} is missing before ${name}")
	endif()
	math(EXPR expected "${expected} + 1")
	file(READ ${path} bytes HEX)
	string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
	string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
	string(APPEND arrays "static const unsigned char sql_${version}[] = {\n${bytes}\n0};\n")
	string(APPEND rows "\t{${version}, \"${name}\", (const char *)sql_${version}},\n")
endforeach()
math(EXPR count "${expected} - 1")
file(WRITE ${OUTPUT}.new "/* Made from store/migrations by store/embed.cmake. */
#include \"store/schema.h\"

${arrays}
const struct migration schema_migrations[] = {
${rows}};
const size_t schema_migration_count = ${count};
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
