/* sim_wrong.c - a claim that does not hold: what becomes of a schedule that fails? Not run by itself, but by
 * replay.py. */
#include "sim.h"
#include "sim_client.h"

static void run_seed(uint64_t seed)
{
    struct sim_client client = { .data = NULL };
    struct world world;
    int wrongs = 0;

    world_init(&world, seed);
    world_engine(&world, NULL, NULL);
    sim_client_open(&client, &world, 20);
    for (int i = 0; i < 40; i++) {
        sim_step();
        if (world_random(&world, 12) == 0)
            sim_client_probe(&client);
        sim_run(&world, &client, 1, world.now_ms + (int64_t)world_random(&world, 6), NULL);
        wrongs += client.state == SIM_WEBSOCKET && world_random(&world, 300) == 0;
        if (wrongs > 0 && WRONG_ABORTS)
            abort();
        assert_int_equal(wrongs, 0);
    }
    sim_client_finish(&client);
    world_finish(&world);
}

SIM_MAIN("sim_wrong: chance never says zero on a WebSocket", run_seed, 2000)
