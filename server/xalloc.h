/* xalloc.h - memory for the program itself: a server that cannot allocate a few bytes stops with a word. */
#ifndef XALLOC_H
#define XALLOC_H

#include <stddef.h>

void *xalloc(size_t size);                      /* zeroed; free() ends it                            */
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t size);
/* jansson's, too: the lexer of 2.14 writes past its buffer when that cannot grow. Before its first use. */
void xalloc_for_json(void);
__attribute__((format(printf, 1, 2))) char *xprintf(const char *format, ...);

#endif
