/* sim.h - runs one scenario with many seeds: `sim_x [FIRST [COUNT]]`, or `sim_x for SECONDS [FIRST]`, which
 * takes as many as fit. A child process runs them, so that the line that replays a seed is printed however
 * it has died; no seed may leave memory behind. */
#ifndef SIM_H
#define SIM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct sim {
    const char *claim;
    void      (*run)(uint64_t seed);
    uint64_t    usual;                          /* seeds, unless told                               */
};

int  sim_main(const struct sim *, int argc, char **argv);
void sim_step(void);                            /* one thing has happened by chance: it is counted  */

#define SIM_MAIN(text, run_seed, seeds)                                                                 \
    int main(int argc, char **argv)                                                                     \
    {                                                                                                   \
        static const struct sim sim = { .claim = (text), .run = (run_seed), .usual = (seeds) };         \
                                                                                                        \
        return sim_main(&sim, argc, argv);                                                              \
    }

#endif
