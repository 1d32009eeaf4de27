/** A self-signed certificate for 127.0.0.1 and localhost, valid until 2126. For specs only. */
export const testCertificate = `-----BEGIN CERTIFICATE-----
MIIBrDCCAVOgAwIBAgIUPOCRK1NCx2tYtuBg0rMYL4p1rHswCgYIKoZIzj0EAwIw
HTEbMBkGA1UEAwwSUGFybGV5IHRlc3Qgc2VydmVyMCAXDTI2MTEyMzEzNTIzOVoY
DzIxMjYxMDMwMTM1MjM5WjAdMRswGQYDVQQDDBJQYXJsZXkgdGVzdCBzZXJ2ZXIw
WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATiBJ6CUiiBlWXfk3DXITcFtvs2hdGk
6oWUHtA3RU268mH2dRulZ/eamW3uSWqL7MpxdkvKl2Bqpr/Dtxduq3ZLo28wbTAd
BgNVHQ4EFgQUmz/TzhGrlc6pCv+D8/DvoBpMAG4wHwYDVR0jBBgwFoAUmz/TzhGr
lc6pCv+D8/DvoBpMAG4wDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAAB
gglsb2NhbGhvc3QwCgYIKoZIzj0EAwIDRwAwRAIgEsy/woaqQyB32zaHXvDdq+3R
Jt4iY2dFIoSZcnZz4uMCIG7jKr1K/ZUaR79xlUGmEBhhhAebbWkVePkIcpoSYCzx
-----END CERTIFICATE-----
`;

/** The key of {@link testCertificate}. */
export const testKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4oe+hHRjO9/W7f3Z
nf6MP0ZYStMuBsderjUQaqU+Ge+hRANCAATiBJ6CUiiBlWXfk3DXITcFtvs2hdGk
6oWUHtA3RU268mH2dRulZ/eamW3uSWqL7MpxdkvKl2Bqpr/Dtxduq3ZL
-----END PRIVATE KEY-----
`;
