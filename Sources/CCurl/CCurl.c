#include "CCurl.h"
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/// Handles nobody uses, with their open connections.
static CURL *idle[16];
static size_t idle_count;
static pthread_mutex_t idle_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void initialize(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

static CURL *take(void) {
    pthread_once(&once, initialize);
    pthread_mutex_lock(&idle_lock);
    CURL *handle = idle_count > 0 ? idle[--idle_count] : NULL;
    pthread_mutex_unlock(&idle_lock);
    return handle ? handle : curl_easy_init();
}

static void give_back(CURL *handle) {
    curl_easy_reset(handle);
    pthread_mutex_lock(&idle_lock);
    if (idle_count < sizeof idle / sizeof *idle) {
        idle[idle_count++] = handle;
        handle = NULL;
    }
    pthread_mutex_unlock(&idle_lock);
    if (handle) curl_easy_cleanup(handle);
}

static size_t append(char **buffer, size_t *count, const char *bytes, size_t added) {
    char *grown = realloc(*buffer, *count + added + 1);
    if (!grown) return 0;
    memcpy(grown + *count, bytes, added);
    grown[*count + added] = 0;
    *buffer = grown;
    *count += added;
    return added;
}

static size_t take_body(char *bytes, size_t one, size_t count, void *context) {
    holdfast_answer *answer = context;
    return append(&answer->body, &answer->body_count, bytes, one * count);
}

static size_t take_field(char *bytes, size_t one, size_t count, void *context) {
    holdfast_answer *answer = context;
    // A status line: what came before it was an interim answer.
    if (count >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
        answer->field_count = 0;
        return one * count;
    }
    return append(&answer->fields, &answer->field_count, bytes, one * count);
}

static int perform(CURL *handle, const holdfast_request *request, struct curl_slist *fields,
                   holdfast_answer *answer) {
    curl_easy_setopt(handle, CURLOPT_URL, request->url);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, request->timeout_seconds);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, request->timeout_seconds);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, answer->error);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_field);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, answer);
    if (request->body) {
        // Fewer system calls than with the default of 64 KiB; from 128 KiB on malloc(3) would map
        // it anew for each request.
        curl_easy_setopt(handle, CURLOPT_UPLOAD_BUFFERSIZE, 112L << 10);
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_count);
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, (const char *)request->body);
    } else if (strcmp(request->method, "HEAD") == 0) {
        curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    }
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request->method);
    CURLcode code = curl_easy_perform(handle);
    if (code != CURLE_OK) {
        if (!answer->error[0]) {
            strncpy(answer->error, curl_easy_strerror(code), sizeof answer->error - 1);
        }
        return -1;
    }
    answer->error[0] = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer->status);
    return 0;
}

int holdfast_exchange(const holdfast_request *request, holdfast_answer *answer) {
    memset(answer, 0, sizeof *answer);
    CURL *handle = take();
    // Neither waits for 100 Continue nor names a form; what the caller names comes behind.
    struct curl_slist *fields = curl_slist_append(NULL, "Expect:");
    fields = curl_slist_append(fields, "Accept:");
    int has_type = 0;
    for (size_t i = 0; i < request->field_count; i++) {
        if (strncasecmp(request->fields[i], "content-type:", 13) == 0) has_type = 1;
        fields = curl_slist_append(fields, request->fields[i]);
    }
    if (!has_type) fields = curl_slist_append(fields, "Content-Type:");
    if (!handle || !fields) {
        strncpy(answer->error, "out of memory", sizeof answer->error - 1);
        curl_slist_free_all(fields);
        if (handle) curl_easy_cleanup(handle);
        return -1;
    }
    int result = perform(handle, request, fields, answer);
    curl_slist_free_all(fields);
    if (result == 0) {
        give_back(handle);
    } else {
        curl_easy_cleanup(handle);
    }
    return result;
}
