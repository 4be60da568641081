/* fault.h - memory that runs out when it is told to: malloc and its sisters, wrapped by the linker, and what
 * a library with hooks of its own is given. What was taken and not given back is counted, too. */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>
#include <stddef.h>

/* From now on the n-th allocation (0 is the next one) gives NULL; with `for_good` all behind it, too. -1:
 * none does, they are only counted. */
void fault_arm(long n, bool for_good);
long fault_disarm(void);                        /* how many there were since                        */
bool fault_came(void);                          /* did one fail since it was armed?                 */
void fault_inside(bool);                        /* between false and true nothing counts: a test's own */
void fault_only_while(const bool *);            /* the same, by a flag that the test has anyway     */
long fault_blocks(void);                        /* taken and not yet given back, armed or not       */

/* For hooks: json_set_alloc_funcs(), uv_replace_allocator(), CRYPTO_set_mem_functions() … */
void *fault_malloc(size_t size);
void *fault_calloc(size_t count, size_t size);
void *fault_realloc(void *at, size_t size);
void  fault_free(void *at);
bool  fault_now(void);                          /* counts one of another kind: true when it must fail */

#endif
