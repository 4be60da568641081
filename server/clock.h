/* clock.h - the two clocks: _utc is the calendar (seconds of the epoch), _ms is monotonic. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

int64_t clock_utc(void);
int64_t clock_ms(void);

#endif
