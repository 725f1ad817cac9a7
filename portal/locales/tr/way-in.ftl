### Giriş yolu: kod, parola ve bir mektupta ters gidebilecekler.

## İlk sayfa

start-title = Çocuğunuzun bilgilerini kim alıyor? Siz de karar verirsiniz.
start-window = Başla
start-lead = Bir okul veya yardım kurumu, çocuğunuz ya da sizin hakkınızda bilgi vermek istiyor. Neyi, kime ve neden vermek istediğini burada tam olarak görürsünüz. Sonra evet ya da hayır dersiniz.
start-code-title = Mektubunuzdaki kodla başlayın
start-how-title = Nasıl işliyor?
start-how-1-title = Bakarsınız
start-how-1 = Karşı tarafın ne alacağını kelimesi kelimesine görürsünüz.
start-how-2-title = Karar verirsiniz
start-how-2 = Her bölüm için evet ya da hayır dersiniz. Kendi parolanızla imzalarsınız.
start-how-3-title = Durdurabilirsiniz
start-how-3 = Verdiğiniz izni her zaman geri alabilirsiniz. Kimin ne aldığını görürsünüz.
start-way-title = Nereye gidiyor?
start-way-from = Size mektup veren okul
start-way-between = Handdruk bunu kapalı olarak taşır. Biz okuyamayız.
start-way-to = Yalnızca gördüğünüz kurum
start-safe-title = Bunu kim okuyabilir?
start-safe = Gönderen okul veya yardım kurumu ve alan kurum. Handdruk okuyamaz. Parolanız olmadan kimse imzanızı taklit edemez. Çalışanlar kâğıt üzerindeki bir yanıtı sizin adınıza kaydedebilir. Bir evet için her zaman iki çalışan gerekir. Bunu burada görürsünüz.
start-no-letter-title = Mektubunuz yok mu, ya da ekranda yapmak istemiyor musunuz?
start-no-letter = Bilgi vermek isteyen kurumu arayın. Kodlu bir mektup isteyin. Kâğıt üzerinde ya da güvendiğiniz birinin yardımıyla da yanıt verebilirsiniz.
start-without-script = Bu sayfa yalnızca JavaScript ile çalışır. Tarayıcınızda kapalı. Size mektubu veren kurumu arayın. Numara mektubunuzda yazıyor. Kâğıt üzerinde de yanıt verebilirsiniz.

code-label = Mektubunuzdaki kod
code-hint = 17 harf ve rakam. Büyük harf, boşluk ve çizgi fark etmez.
code-example = Örneğin 60RK-4CSM-6MV3-EE1SY
code-send = Devam
code-from-link = Bağlantınızdaki kod buraya yazıldı.
code-busy = Mektup kontrol ediliyor. Birkaç saniye sürer.
code-wrong-LENGTH = Bu kod çok kısa veya çok uzun. 17 harf ve rakam olmalı.
code-wrong-UNKNOWN_SYMBOL = Bu kodda olmaması gereken bir işaret var. Yalnızca harf ve rakam kullanın.
code-wrong-MISTYPED = Kodda bir yazım hatası var. Her işarete bir daha bakın.
code-empty = Mektubunuzdaki kodu yazın.
code-other = Başka bir kod kullan

## Bir parola seçmek

letter-from = Bu mektubu gönderen: { $organisation }.
letter-checked = { $you ->
        [je] Tarayıcın bunu kontrol etti.
       *[u] Tarayıcınız bunu kontrol etti.
    }
letter-for-guardian = Bu okuldaki ya da kurumdaki bir çocuk hakkında siz de karar verirsiniz.
letter-for-young-person = Bu mektup senin için. Kendi bilgilerin hakkında sen de karar verirsin.
letter-for-representative = Kendisi karar veremeyen biri adına siz karar verirsiniz.
secret-title = { $you ->
        [je] Bir parola seç
       *[u] Bir parola seçin
    }
secret-why = { $you ->
        [je] Kod ve parolanla imzalarsın. Parolayı yalnızca sen bilirsin. Çalışanlar kâğıt üzerindeki bir yanıtı senin adına kaydedebilir. Bir evet için her zaman iki çalışan gerekir. Bunu burada görürsün.
       *[u] Kod ve parolanızla imzalarsınız. Parolayı yalnızca siz bilirsiniz. Çalışanlar kâğıt üzerindeki bir yanıtı sizin adınıza kaydedebilir. Bir evet için her zaman iki çalışan gerekir. Bunu burada görürsünüz.
    }
secret-lost = { $you ->
        [je] Unuttun mu? Kimse bulamaz, biz de bulamayız. O zaman yeni bir mektup iste. Mektubu sakla, kod sana yine gerekecek.
       *[u] Unuttunuz mu? Kimse bulamaz, biz de bulamayız. O zaman yeni bir mektup isteyin. Mektubu saklayın, kod size yine gerekecek.
    }
secret-new-label = { $you ->
        [je] Parolan
       *[u] Parolanız
    }
secret-new-hint = En az 8 işaret. Arka arkaya üç kelime iyidir ve kolay akılda kalır.
secret-again-label = { $you ->
        [je] Parolan bir kez daha
       *[u] Parolanız bir kez daha
    }
secret-show = Yazdığımı göster
secret-activate = Kaydet
secret-wrong-TOO_SHORT = Bu çok kısa. En az 8 işaret kullanın.
secret-wrong-TOO_LONG = Bu çok uzun. En çok 256 işaret kullanın.
secret-wrong-CONTROL = İçinde kullanılamayan bir işaret var. Tek satıra yazın.
secret-differs = İkisi aynı değil. Yeniden yazın.
secret-busy = { $you ->
        [je] Anahtarların bu cihazda hazırlanıyor. Birkaç saniye sürer.
       *[u] Anahtarlarınız bu cihazda hazırlanıyor. Birkaç saniye sürer.
    }

## Geri gelmek

login-title = Tekrar hoş geldiniz
login-used = { $you ->
        [je] Bu kod daha önce kullanıldı. Sen miydin? O zaman parolanı yaz.
       *[u] Bu kod daha önce kullanıldı. Siz miydiniz? O zaman parolanızı yazın.
    }
login-not-me-title = { $you ->
        [je] Sen değil miydin?
       *[u] Siz değil miydiniz?
    }
login-not-me = { $you ->
        [je] O zaman hemen ara: { $organisation }. Numara mektubunda yazıyor. Yeni bir mektup hazırlarlar. Eskisi artık geçmez.
       *[u] O zaman hemen arayın: { $organisation }. Numara mektubunuzda yazıyor. Yeni bir mektup hazırlarlar. Eskisi artık geçmez.
    }
login-secret-label = { $you ->
        [je] Parolan
       *[u] Parolanız
    }
login-send = Gir
login-busy = Açılıyor. Birkaç saniye sürer.
login-lost-title = { $you ->
        [je] Parolanı unuttun mu?
       *[u] Parolanızı unuttunuz mu?
    }
login-lost = { $you ->
        [je] Kimse bulamaz. Yeni mektup için şu kuruma başvur: { $organisation }. Onunla daha önce söylediğini de geri alabilirsin.
       *[u] Kimse bulamaz. Yeni mektup için şu kuruma başvurun: { $organisation }. Onunla daha önce söylediğinizi de geri alabilirsiniz.
    }

## Artık geçmeyen bir mektup

letter-replaced-title = Daha yeni bir mektup var
letter-replaced = { $organisation } yeni bir mektup hazırladı. Yeni mektuptaki kodu kullanın.
letter-replaced-not-me = Yeni mektup almadınız mı? O zaman hemen arayın: { $organisation }.
letter-revoked-title = Bu mektup geri alındı
letter-revoked = { $organisation } bu mektubu geri aldı. Artık kullanamazsınız. Nedenini bilmiyorsanız arayın: { $organisation }.
letter-expired-title = Bu mektup çok eski
letter-expired = Kod zamanında kullanılmadı. Yeni mektup için şu kuruma başvurun: { $organisation }.
letter-unknown = Kodu doğru yazıp yazmadığınıza bakın. Doğru mu? O zaman size mektubu veren kurumu arayın.
letter-not-believed-title = Bu mektuba güvenmiyoruz
letter-not-believed = Bu mektup, geldiği görünen yerden gelmiyor. Hiçbir şey yazmayın. Size mektubu veren kurumu arayın.

## Bir kod daha

join-title = Bir kod daha ekle
join-window = Bir kod daha
join-lead = Başka bir çocuk için ya da başka bir kurumdan mektubunuz mu var? Onu da ekleyin. Böylece her şeyi bir yerde görürsünüz.
join-who = Bu mektupların birlikte olduğunu yalnızca siz görürsünüz. Kurumlar ve Handdruk göremez.

## Yeniden girmek
