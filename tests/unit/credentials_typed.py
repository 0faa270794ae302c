"""Made-up secrets in the forms in which people type them, and what only looks like one.

A `·` stands inside each token and is taken out before use, so that scanners of repositories pass this file by.
"""

import base64

B64_64 = base64.b64encode(bytes(range(7, 71))).decode()
AWS_SECRET = "wJalrXUtnFEMI/K7M·DENG/bPxRfiCYEXAMPLEKEY"
SHAPES = [
    ("private key", "-----BEGIN RSA PRI·VATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRI·VATE KEY-----"),
    ("private key", "-----BEGIN PRI·VATE KEY-----\\nMIIEvQIBADANBg\\n-----END PRI·VATE KEY-----\\n"),
    ("private key", '"private_key": "-----BEGIN PRI·VATE KEY-----\\nMIIEvQ\\n-----END PRI·VATE KEY-----\\n",'),
    ("private key", 'k = ("-----BEGIN EC PRI·VATE KEY-----"\n     "MHcCAQEEIB")'),
    ("private key", "-----BEGIN PGP PRI·VATE KEY BLOCK-----\nVersion: 1\n\nlQdGBF"),
    ("private key", "-----BEGIN OPENSSH PRI·VATE KEY-----\nb3BlbnNzaC1rZXk"),
    ("private key", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none"),
    ("GitLab token", "gl·pat-ABCDEFGHIJ1234567890"),
    ("GitLab token", "SIE-gl·pat-ABCDEFGHIJ1234567890"),
    ("GitLab token", "gl·pat-" + "Ab1_" * 30 + ".01.0a1b2c3d4"),
    ("GitLab token", "gl·dt-abcdefghij1234567890"),
    ("GitLab token", "gl·ptt-" + "a1" * 20),
    ("GitLab token", "gl·rt-t1_abcdefghij1234567890"),
    ("GitLab token", "gl·soat-abcdefghij1234567890"),
    ("GitLab token", "gl·cbt-64_abcdefghij1234567890"),
    ("GitLab token", "gl·agent-" + "x1" * 25),
    ("GitLab token", "GR13·48941abcdefghij1234567890"),
    ("GitHub token", "gh·p_abcdefghijklmnopqrstuvwxyz0123456789"),
    ("GitHub token", "github·_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz"),
    ("Google API key", "AI·zaSyA1234567890abcdefghijklmnopqrstuv"),
    ("Google access token", "ya·29.a0AfH6SMBxyzxyzxyzxyzxyz"),
    ("Google access token", "1//·0gabcdefghijklmnopqrstuvwxyz0123456789"),
    ("Google client secret", "GOC·SPX-abcdefghijklmnopqrstuvwx1234"),
    ("Google storage key", "GO·OG1E" + "A1" * 27),
    ("AWS key", "AK·IAIOSFODNN7EXAMPLE"),
    ("AWS key", "AS·IAIOSFODNN7EXAMPLE"),
    ("AWS key", "AK·IAQWERTYUIOPASDFGH"),
    ("AWS secret key", f'aws_secret_access_key = "{AWS_SECRET}"'),
    ("JSON web token", "ey·JhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"),
    ("JSON web token", "ey·JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc"),
    ("Slack token", "xo·xb-123456789012-1234567890123-abcdefghijklmnopqrstuvwx"),
    ("Slack token", "xa·pp-1-A01234567-0123456789012-abcdef"),
    ("Slack token", "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"),
    ("Azure key", f"AccountName=x;Account·Key={B64_64}"),
    ("Azure key", f'conf.set("fs.azure.account.key.x.dfs.core.windows.net", "{B64_64}")'),
    ("Azure key", "https://x.blob.core.windows.net/c?sv=2020&sig=abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG%3D"),
    ("Azure key", "abc8·Q~abcdefghijklmnopqrstuvwxyz0123456"),
    ("Databricks token", "da·pi0123456789abcdef0123456789abcdef"),
    ("Stripe key", "sk_·live_abcdefghijklmnopqrstuvwx"),
    ("SendGrid key", "S·G.abcdefghijklmnopqrstuv.abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"),
    ("PyPI token", "py·pi-AgEIcHlwaS5vcmc" + "aB3_" * 20),
    ("npm token", "np·m_abcdefghijklmnopqrstuvwxyz0123456789"),
    ("Square secret", "sq·0csp-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"),
    ("Mailchimp key", "0123456789abcdef·0123456789abcdef-us12"),
    ("Hugging Face token", "h·f_abcdefghijklmnopqrstuvwxyzABCDEFGH"),
    ("Vault token", "hv·s.CAESIJabcdefghijklmnopqrstuvwxyz"),
    ("Atlassian token", "ATAT·T3xFfGF0" + "aB3_" * 15),
    ("AI service key", "sk-·proj-abcdefghij1234567890"),
    ("AI service key", "sk-·abcdefghijklmnopqrstT3BlbkFJabcdefghijklmnopqrst"),
    ("webhook signing secret", "wh·sec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    (
        "webhook address",
        "https://x.webhook.office.com/webhookb2/0a1b2c3d-0000-4000-8000-000000000000@0a1b/IncomingWebhook/a",
    ),
    ("basic authorization", 'curl -H "Authorization: Basic c3ZjOnBhc3N3b3JkMQ=="'),
    ("bearer token", '"Authorization": "Bearer ab12cd34ef56gh78ij"'),
    ("password in a URL", "https://svc:hunter2@example.com/x"),
    ("password in a URL", "postgresql://svc:P@ssw0rd!@db:5432/x"),
    ("password in a URL", "redis://:hunter2@cache:6379"),
    ("password in a URL", "jdbc:oracle:thin:scott/tiger@//db:1521/x"),
]
SHAPES += [
    ("GitLab token", f"gl·{kind}-ABCDEFGHIJ1234567890ABCDE")
    for kind in ("pat", "ft", "rt", "rtr", "soat", "wt", "ffct", "imt", "oas")
]
SHAPES += [("GitHub token", f"gh·{kind}_abcdefghijklmnopqrstuvwxyz0123456789") for kind in "ousr"]
SHAPES += [("AWS key", f"{kind}·OSFODNN7EXAMPLE1") for kind in ("ABIA", "ACCA", "A3TX")]
PASSWORDS = [
    'password = "hunter2"',
    "password='Summer2024!'",
    'password="swordfish"',
    "password: tr0ub4dor&3",
    "password: hunter2\n",
    'db_password_prod="x1y2z3w4"',
    "password = 'Grüße2024'",
    'pwd = "123456"',
    'DB_PASS = "Zx81ab9"',
    'passphrase := "k9!aab"',
    'connect(user="a", password="k9!aab")',
    'password: str = "hunter2"',
    '"""setup"""\npassword = """k9!aab"""',
    '{"user": "a", "password": "hunter2"}',
    'json = "{\\"password\\": \\"hunter2\\"}"',
    '.option("user", "a").option("password", "hunter2").save()',
    '.option(\n    "password",\n    "P@ssw0rd",\n)'.replace(",\n)", "\n)"),
    'os.environ["DB_PASSWORD"] = "hunter2"',
    'os.getenv("DB_PASSWORD", "hunter2")',
    'if password == "k9!aab":',
    "jdbc:sqlserver://h;user=sa;password=hunter2;encrypt=true",
    "jdbc:mysql://h/db?user=a&password=swordfish",
    "password=hunter2;Server=h",
    "CREATE USER x IDENTIFIED BY 'hunter2'",
    "ALTER USER x WITH PASSWORD 'hunter2'",
    'requests.get(url, auth=("svc", "hunter2"))',
    'HTTPBasicAuth("svc", "hunter2")',
]
PASSWORDS += [f"{word} = 'k9!aab'" for word in ("passwd", "passcode", "Passwort", "kennwort", "pswd")]
SECRETS = [
    '{"api-key": "abcd1234efgh5678"}',
    "api-key: abcd1234efgh5678",
    'headers = {"api-key": "9f8e7d6c5b4a39281706"}',
    "curl -H 'x-api-key: 8f14e45fceea167a5a36dedd4bea2543'",
    'api_key = "550e8400-e29b-41d4-a716-446655440000"',
    'apiKey="Zx9Kq2Lw7Rt4Yp8V"',
    "https://example.com/v1?api_key=abcd1234efgh5678&x=1",
    'token: str = "ab12cd34ef56"',
    'dbutils.widgets.text("token", "ab12cd34ef56")',
    'client_secret="a.b~C8-3xyz9"',
    f"AWS_SECRET_ACCESS_KEY={AWS_SECRET}",
    f"CREDENTIALS = (AWS_SECRET_KEY = '{AWS_SECRET}')",
    f'conf.set("fs.s3a.secret.key", "/{AWS_SECRET[1:]}")',
    "SECRET = 'sv8=xyz1%aab'",
    "CREATE SECRET s (TYPE S3, SECRET 'ab12cd34ef56')",
    "credentials = 'ab12cd34ef56'",
    'fernet_key = b"cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="',
    'subscription_key = "Zx9Kq2Lw7Rt4Yp8Vb3Nm6Hs1"',
]
SECRETS += [
    f"{word} = 'ab12cd34ef56'"
    for word in ("authorization", "private_key", "encryptionKey", "signing-key", "auth.key", "master key", "accessKey")
]
SECRETS += [
    f"{word} = 'Zx9Kq2Lw7Rt4Yp8Vb3Nm6Hs1'"
    for word in ("account_key", "client_key", "service_key", "storageKey", "shared_key", "function_key", "host-key")
]
RANDOM = [
    "Zx9Kq2Lw7Rt4Yp8Vb3Nm6Hs1Dj5Fg0Qc",
    "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=",
    "k8s0f9h2d3f4i5u6s7d8f9h2",
    "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U",
    "8f14e45fceea167a5a36dedd4bea2543",
    "0D7F3A9C5E1B8D2F4A6C8E0B1D3F5A7C9E2B4D6F",
    B64_64,
    "use Zx9Kq2Lw7Rt4Yp8Vb3Nm6Hs1Dj5Fg0Qc for the vendor",
]
HARMLESS_LINES = [
    "UPDATE users SET password=newpassword;",
    "password: mandatory\n",
    "# Pass '?projection=full' to have it all",
    'columns = ["token", "a1b2c3d4e5"]',
    'df.replace("token", "a1b2c3d4e5", "")',
    'df.replace(token, "a1b2c3d4e5")',
    'RENAMED = {"password": "passwordhash"}',
    'StructField("password", "passwordhash")',
    'token = r"\\d+x1y2-z"',
    'token = "svc-x1y2@example.com"',
    'secret = "2024-01-01T00:00:00Z"',
    "token=base64token",
    "token=a1b2c3d4.value",
    "token: X509Certificate",
    'if token == "#bygroup":',
    "eyJhIjoxLCJiIjoyfQ.parquet",
    "Basic YWJjZGVmZ2hp",
    "Bearer of-all-kinds-of-news",
    "ASIAPACIFICTERRITORY",
    "re.match(r'://([^:]+):([^@]+)@', url)",
    "https://user:password@localhost/x",
    "https://user:${PASSWORD}@localhost/x",
    "https://user:changeme@localhost/x",
    'PEM.replace("-----BEGIN PRIVATE KEY-----", "")',
    'f"-----BEGIN PRIVATE KEY-----\\n{key}\\n-----END PRIVATE KEY-----"',
    'pwd = "/mnt/a1b2c3d4e5"',
    'secret = "aws:secretsmanager:prod/db-AbCdEf"',
    'auth=("svc", password)',
    "bypass = 'k9!aab'",
]
HARMLESS_VALUES = {
    "QA": "False",
    "RUN_DATE": "2026-01-01",
    "TABLE": "pin_fusion.gold_layer.na_dealer_performance_monthly_snapshot_with_incentives_v2_2024",
    "CAMEL": "GoldCustomerLoyaltyDealerPerformanceMonthlySnapshotV2",
    "MODELS": "F150,Camry2024,CR-V2023,Model3,RAV4Hybrid2024LE,Mustang2023GT",
    "STEPS": "Load_S1_S2_Q3_Q4_Final_V2_2024",
    "TEMP_TABLE": "tmp_orders_9e107d9d372bb6826bd81d3542a419d6",
    "FOLDER": "/mnt/DealerDeltaPath2024/Warranty/12545293d4b32051102762b0e1d10460/part-00000",
    "BUCKET": "abfss://surveys@jdp01.dfs.core.windows.net/bronze/SurveyAnswers2024V2/Q3/",
    "BATCH_MD5": "d41d8cd98f00b204e9800998ecf8427e",
    "COMMIT": "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
    "JOB": "65f1c0de",
    "MONGO": "507f1f77bcf86cd799439011",
    "CUSTOMER": "Customer_550e8400-e29b-41d4-a716-446655440000",
    "SHEET": "https://docs.example.com/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit",
    "TENANT": "550e8400-e29b-41d4-a716-446655440000",
    "sheetId": "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms",
    "LOGO": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "ICON": "data:image/gif;base64,R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=",
    "ACCOUNT": "123456789012345678901234567890123456",
    "REGEX": "^[A-HJ-NPR-Z0-9]{17}$",
    "SQL": "select * from x where md5(a) = 'd41d8cd98f00b204e9800998ecf8427e'",
    "DB_PASSWORD": "${DB_PASSWORD}",
    "API_KEY": "changeme",
    "TOKEN": "",
    "CLIENT_SECRET": "{{secrets/kv/client-secret-1}}",
    "SECRET_PATH": "projects/123456789012/secrets/survey-api-key/versions/latest",
    "PASSWORD_COLUMN": "pw_md5_v2x1",
    "password_policy": "min8chars-1digit-1special!",
    "account_key": "A10X93B2",
}


def typed(text: str) -> str:
    """The text as somebody would have typed it."""
    return text.replace("·", "")
