#include "key_file.h"

#include <errno.h>

#include "folder.h"

TEST(key_file, is_made_for_its_owner_only_and_read_back)
{
    char text[KEY_FILE_MAX];
    struct folder f;
    mode_t mask = umask(0);                     /* the widest the world may be                       */
    size_t size = 99;

    folder_make(&f);
    CHECK_INT(key_file_read(f.file, text, &size), -ENOENT);
    CHECK_INT(size, 99);
    CHECK_INT(key_file_make(f.file, "secret\n", 7), 0);
    CHECK_INT(folder_mode(&f), 0600);
    CHECK_INT(folder_count(&f), 1);
    CHECK_INT(key_file_read(f.file, text, &size), 0);
    CHECK_INT(size, 7);
    CHECK_STR(text, "secret\n");
    (void)umask(mask);
    folder_remove(&f);
}

TEST(key_file, is_never_written_over_another)
{
    char text[KEY_FILE_MAX];
    struct folder f;
    size_t size;

    folder_make(&f);
    CHECK_INT(key_file_make(f.file, "first", 5), 0);
    CHECK_INT(key_file_make(f.file, "second", 6), -EEXIST);
    CHECK_INT(folder_count(&f), 1);
    CHECK_INT(key_file_read(f.file, text, &size), 0);
    CHECK_STR(text, "first");
    folder_remove(&f);
}

TEST(key_file, is_refused_when_others_have_a_right_on_it)
{
    static const struct { mode_t mode; int want; } modes[] = {
        { 0600, 0 }, { 0400, 0 }, { 0700, 0 }, { 0640, -EPERM }, { 0620, -EPERM }, { 0610, -EPERM },
        { 0604, -EPERM }, { 0602, -EPERM }, { 0601, -EPERM }, { 0644, -EPERM }, { 0666, -EPERM },
        { 0777, -EPERM },
    };
    char text[KEY_FILE_MAX];
    struct folder f;
    size_t size;

    folder_make(&f);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        folder_write(&f, "k", 1, modes[i].mode);
        CHECK_INT(key_file_read(f.file, text, &size), modes[i].want);
    }
    folder_remove(&f);
}

TEST(key_file, is_a_file_of_less_than_its_limit)
{
    static char much[KEY_FILE_MAX];
    char text[KEY_FILE_MAX];
    struct folder f;
    size_t size;

    folder_make(&f);
    memset(much, 'x', sizeof much);
    folder_write(&f, much, KEY_FILE_MAX - 1, 0600);
    CHECK_INT(key_file_read(f.file, text, &size), 0);
    CHECK_INT(size, KEY_FILE_MAX - 1);
    CHECK_INT(text[size], 0);
    folder_write(&f, much, KEY_FILE_MAX, 0600);
    CHECK_INT(key_file_read(f.file, text, &size), -EBADMSG);
    CHECK_INT(key_file_read("/dev/null", text, &size), -EBADMSG);
    CHECK_INT(key_file_read("/tmp", text, &size), -EBADMSG);
    folder_remove(&f);
}

TEST(key_file, does_not_wait_for_the_writer_of_a_pipe)
{
    char text[KEY_FILE_MAX];
    struct folder f;
    size_t size;

    folder_make(&f);
    CHECK_INT(mkfifo(f.file, 0600), 0);
    CHECK_INT(key_file_read(f.file, text, &size), -EBADMSG);
    folder_remove(&f);
}

TEST(key_file, says_why_it_cannot_be_made)
{
    char path[5000];

    CHECK_INT(key_file_make("/tmp/auth-test-no-such-folder/key", "k", 1), -ENOENT);
    CHECK_INT(key_file_make("/proc/version/key", "k", 1), -ENOTDIR);
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    CHECK_INT(key_file_make(path, "k", 1), -ENAMETOOLONG);
}

TEST(key_file, may_have_a_name_without_a_folder)
{
    char text[KEY_FILE_MAX], before[256];
    struct folder f;
    size_t size;

    folder_make(&f);
    CHECK(getcwd(before, sizeof before) != NULL);
    CHECK_INT(chdir(f.path), 0);
    CHECK_INT(key_file_make("secret.key", "here", 4), 0);
    CHECK_INT(key_file_read("secret.key", text, &size), 0);
    CHECK_STR(text, "here");
    CHECK_INT(chdir(before), 0);
    folder_remove(&f);
}
