/**
 * Words for passwords, PINs, keys and card numbers in other languages, wherever they stand in a text without blanks
 * and accents. English has a pattern of its own.
 */
export const FOREIGN: readonly string[] = [
  // German, Dutch, Nordic
  'passwort', 'kennwort', 'geheimzahl', 'geheimnis', 'kartennummer', 'apischlüssel', 'privaterschlüssel', 'geheimerschlüssel', 'zugriffsschlüssel',
  'wachtwoord', 'kaartnummer', 'apisleutel', 'lösenord', 'passord', 'adgangskode', 'salasana', 'kortnummer',
  // French, Spanish, Portuguese, Italian
  'motdepasse', 'codesecret', 'jetond', 'cléapi', "cléd'api", 'clésecrète', 'cléprivée', 'numérodecarte',
  'contraseña', 'claveapi', 'clavedeapi', 'clavesecreta', 'claveprivada', 'númerodetarjeta', 'palavrapasse', 'chaveapi', 'chavedeapi',
  'chavesecreta', 'chaveprivada', 'númerodocartão', 'chiaveapi', 'chiavesegreta', 'chiaveprivata', 'numerodicarta', 'numerodellacarta',
  // Slavic, Hungarian, Turkish, Greek
  'hasło', 'heslo', 'jelszó', 'lozinka', 'şifre', 'пароль', 'парола', 'токен', 'секретныйключ', 'номеркарты', 'κωδικόςπρόσβασης',
  // Other scripts
  'סיסמה', 'סיסמא', 'كلمةالمرور', 'كلمةالسر', 'رمزعبور', 'گذرواژه', 'पासवर्ड', 'รหัสผ่าน', 'mậtkhẩu', 'katasandi',
  '密码', '密碼', '口令', '密钥', '密鑰', '令牌', '卡号', '卡號', 'パスワード', '暗証番号', '秘密鍵', 'トークン', 'カード番号', '비밀번호', '암호', '토큰', '카드번호'
]

/** Whole names of a field that are too short to be looked for inside others. */
export const WHOLE: readonly string[] = ['key', 'keys', 'pass', 'senha', 'clave', 'jeton', 'segredo', 'secreto', 'segreto', 'haslo', 'sifre', 'ключ']
