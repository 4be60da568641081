/* sim.h - runs one scenario with many seeds. `sim_x FIRST COUNT` chooses; a seed that fails is named. */
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

#define SIM_MAIN(name, run_seed, usual)                                                                 \
    static uint64_t sim_first = 1, sim_count = (usual), sim_seed;                                       \
    static void sim_all(__attribute__((unused)) void **state)                                           \
    {                                                                                                   \
        for (sim_seed = sim_first; sim_seed < sim_first + sim_count; sim_seed++)                        \
            run_seed(sim_seed);                                                                         \
    }                                                                                                   \
    int main(int argc, char **argv)                                                                     \
    {                                                                                                   \
        const struct CMUnitTest tests[] = { { name, sim_all, NULL, NULL, NULL } };                      \
        int failed;                                                                                     \
                                                                                                        \
        if (argc > 1)                                                                                   \
            sim_first = strtoull(argv[1], NULL, 10);                                                    \
        if (argc > 2)                                                                                   \
            sim_count = strtoull(argv[2], NULL, 10);                                                    \
        failed = cmocka_run_group_tests(tests, NULL, NULL);                                             \
        if (failed != 0)                                                                                \
            printf("# replay: %s %llu 1\n", argv[0], (unsigned long long)sim_seed);                     \
        return failed;                                                                                  \
    }

#endif
