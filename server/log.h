/* log.h - facts for operators, one line each on standard error: time, level, event, then key=value.
 *
 * Never message text, tokens or medical words. Control characters become "?": a fact stays a line. */
#ifndef LOG_H
#define LOG_H

enum log_level { LOG_INFO, LOG_WARN, LOG_ERROR };

__attribute__((format(printf, 3, 4)))
void log_line(enum log_level, const char *event, const char *format, ...);

#define log_info(event, ...)  log_line(LOG_INFO, event, __VA_ARGS__)
#define log_warn(event, ...)  log_line(LOG_WARN, event, __VA_ARGS__)
#define log_error(event, ...) log_line(LOG_ERROR, event, __VA_ARGS__)

#endif
