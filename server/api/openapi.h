/* openapi.h - the contracts, openapi.json and asyncapi.json, inside the binary (made by meson/embed.py). */
#ifndef OPENAPI_H
#define OPENAPI_H

#include <stddef.h>

extern const char   openapi_json[], asyncapi_json[];
extern const size_t openapi_json_size, asyncapi_json_size;

#endif
