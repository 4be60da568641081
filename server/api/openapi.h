/* openapi.h - server/api/openapi.json, inside the binary (made by meson/embed.py). */
#ifndef OPENAPI_H
#define OPENAPI_H

#include <stddef.h>

extern const char   openapi_json[];
extern const size_t openapi_json_size;

#endif
