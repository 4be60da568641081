/* test.h - the words of a C test over cmocka: TEST(area, a_claim) { ... } adds itself; main() is here. */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { TESTS_MAX = 256 };
static struct CMUnitTest tests_all[TESTS_MAX];
static size_t tests_count;

static inline void test_add(const char *name, CMUnitTestFunction run)
{
    assert_true(tests_count < TESTS_MAX);
    tests_all[tests_count++] = (struct CMUnitTest){ .name = name, .test_func = run };
}

#define TEST(area, claim)                                                                               \
    static void area##_##claim(void **);                                                                \
    __attribute__((constructor)) static void area##_##claim##_add(void)                                 \
    {                                                                                                   \
        test_add(#area ": " #claim, area##_##claim);                                                    \
    }                                                                                                   \
    static void area##_##claim(__attribute__((unused)) void **state)

#define CHECK(condition)      assert_true(condition)
#define CHECK_INT(got, want)  assert_int_equal(got, want)
#define CHECK_STR(got, want)  assert_string_equal(got, want)
#define CHECK_MEM(got, want, size) assert_memory_equal(got, want, size)

int main(void)
{
    return _cmocka_run_group_tests("", tests_all, tests_count, NULL, NULL);
}

#endif
