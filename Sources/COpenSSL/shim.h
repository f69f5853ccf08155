// OpenSSL's macros, and its callbacks, as functions.
#pragma once
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

/// Takes http/1.1 of what the client offers; offers without it end the handshake (RFC 7301 §3.2).
static inline int holdfast_tls_choose(
    SSL *ssl, const unsigned char **out, unsigned char *count, const unsigned char *offers,
    unsigned int offers_count, void *unused
) {
    static const unsigned char known[] = "\x08http/1.1";
    unsigned char *chosen = NULL;
    (void)ssl, (void)unused;
    if (SSL_select_next_proto(&chosen, count, known, sizeof known - 1, offers, offers_count)
        != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

/// Nobody is asked for a key's password.
static inline int holdfast_tls_no_password(char *buffer, int count, int writes, void *unused) {
    (void)buffer, (void)count, (void)writes, (void)unused;
    return -1;
}

/// A server's rules: TLS 1.2 and 1.3, AEAD suites with forward secrecy, ALPN, tickets. 1 if
/// OpenSSL takes them.
static inline int holdfast_tls_configure(SSL_CTX *context) {
    SSL_CTX_set_options(
        context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION
            | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA | SSL_OP_ENABLE_KTLS);
    SSL_CTX_set_mode(
        context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
            | SSL_MODE_RELEASE_BUFFERS);
    // A few records for one recv(2).
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, 4 * (SSL3_RT_MAX_PLAIN_LENGTH + 256));
    // Tickets need no memory here; sessions would.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context, holdfast_tls_choose, NULL);
    SSL_CTX_set_default_passwd_cb(context, holdfast_tls_no_password);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION)
        && SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION)
        && SSL_CTX_set_session_id_context(context, (const unsigned char *)"holdfast", 8)
        && SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384")
        && SSL_CTX_set_cipher_list(
            context,
            "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
            "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
            "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305")
        && SSL_CTX_set_ciphersuites(
            context,
            "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
}

/// The kernel encrypts what is sent, files too.
static inline int holdfast_tls_sends_in_kernel(const SSL *ssl) {
    return BIO_get_ktls_send(SSL_get_wbio(ssl));
}
